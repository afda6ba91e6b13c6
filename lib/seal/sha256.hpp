#pragma once

#include <sodium/crypto_hash_sha256.h>
#include <sodium/utils.h>

#include <array>
#include <string>
#include <string_view>

namespace activitytrack {

/// SHA-256 of what comes piece by piece.
class Sha256 {
 public:
  Sha256() { crypto_hash_sha256_init(&state_); }

  void add(std::string_view bytes) {
    crypto_hash_sha256_update(&state_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  }

  /// In hexadecimal. What was added before counts on if more is added.
  std::string hex() const {
    auto state = state_;
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash;
    crypto_hash_sha256_final(&state, hash.data());
    std::array<char, 2 * hash.size() + 1> text;
    return sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
  }

 private:
  crypto_hash_sha256_state state_;
};

}  // namespace activitytrack
