#pragma once

#include "core/text.hpp"

#include <sodium.h>
#include <sodium/crypto_hash_sha256.h>
#include <sodium/utils.h>

#include <array>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace activitytrack {

/// Before the first use that needs random bytes; cheap again and again, on any thread.
inline void start_sodium() {
  if (sodium_init() < 0) throw std::runtime_error("libsodium cannot get random bytes from this system");
}

/// Erases a text when it goes out of scope: a picture that nobody but its receiver is to see.
class Wiped {
 public:
  explicit Wiped(std::string& text) : text_(text) {}
  ~Wiped() { sodium_memzero(text_.data(), text_.size()); }
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;

 private:
  std::string& text_;
};

/// The BLAKE2b hash of a key, for one purpose.
inline std::array<unsigned char, crypto_generichash_BYTES> key_hash(std::string_view purpose,
                                                                    const std::array<std::uint8_t, 32>& key) {
  std::array<unsigned char, crypto_generichash_BYTES> hash;
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, hash.size());
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(purpose.data()), purpose.size());
  crypto_generichash_update(&state, key.data(), key.size());
  crypto_generichash_final(&state, hash.data(), hash.size());
  sodium_memzero(&state, sizeof state);
  return hash;
}

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
    std::string hash(crypto_hash_sha256_BYTES, '\0');
    crypto_hash_sha256_final(&state, reinterpret_cast<unsigned char*>(hash.data()));
    return activitytrack::hex(hash);
  }

 private:
  crypto_hash_sha256_state state_;
};

}  // namespace activitytrack
