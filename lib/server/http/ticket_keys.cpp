#include "server/http/ticket_keys.hpp"

#include "core/file.hpp"

#include <openssl/rand.h>

#include <cstring>

namespace activitytrack::server {
namespace {

constexpr std::size_t max_keys = 16;

}  // namespace

Result<TicketKeys> make_ticket_keys() {
  TicketKeys keys(1);
  static_assert(sizeof(TicketKey) == 80);
  if (RAND_bytes(reinterpret_cast<unsigned char*>(keys.data()), sizeof(TicketKey)) != 1) {
    return Error{ErrorCode::io, "OpenSSL has no random bytes for session tickets"};
  }
  return keys;
}

Result<TicketKeys> read_ticket_keys(const std::string& path) {
  const auto bytes = read_file_start(path, max_keys * sizeof(TicketKey) + 1);
  if (!bytes) return Error{bytes.error().code, "tls_ticket_keys: " + path + " " + bytes.error().message};
  if (bytes->empty() || bytes->size() % sizeof(TicketKey) != 0) {
    return Error{ErrorCode::invalid_input,
                 "tls_ticket_keys: " + path + " must hold 1 to 16 keys of 80 bytes: openssl rand 80 > " + path};
  }
  TicketKeys keys(bytes->size() / sizeof(TicketKey));
  std::memcpy(keys.data(), bytes->data(), bytes->size());
  return keys;
}

}  // namespace activitytrack::server
