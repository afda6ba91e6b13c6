#pragma once

#include <sodium.h>
#include <sodium/crypto_hash_sha256.h>
#include <sodium/utils.h>

#include <array>
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
