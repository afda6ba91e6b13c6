#include "server/events/machine_key.hpp"

#include <sodium/crypto_generichash.h>

namespace activitytrack::server {

std::int64_t machine_key(std::string_view machine_id) noexcept {
  unsigned char hash[crypto_generichash_BYTES_MIN];
  crypto_generichash(hash, sizeof hash, reinterpret_cast<const unsigned char*>(machine_id.data()), machine_id.size(),
                     nullptr, 0);
  std::uint64_t key = 0;
  for (int i = 7; i >= 0; --i) key = key << 8 | hash[i];
  return static_cast<std::int64_t>(key);
}

}  // namespace activitytrack::server
