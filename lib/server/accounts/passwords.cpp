#include "server/accounts/passwords.hpp"

#include "core/text.hpp"

#include <sodium.h>

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr std::size_t min_bytes = 10, max_bytes = 1024;

/// Of nobody's password, with the same parameters as everybody's.
const std::string& hash_of_nobody() {
  static const std::string hash = hash_password("the password of nobody").value();
  return hash;
}

}  // namespace

Result<void> check_password(std::string_view password) {
  const auto wrong = [](std::string_view what) {
    return Error{ErrorCode::invalid_input, "password: " + std::string(what)};
  };
  if (password.size() < min_bytes) return wrong("must have at least 10 characters");
  if (password.size() > max_bytes) return wrong("must have at most 1024 bytes");
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7f; };
  if (!is_utf8(password) || std::ranges::any_of(password, is_control)) {
    return wrong("must be UTF-8 without control characters");
  }
  return {};
}

Result<std::string> hash_password(const std::string& password) {
  if (sodium_init() < 0) return Error{ErrorCode::unavailable, "libsodium finds no source of randomness"};
  char hash[crypto_pwhash_STRBYTES];
  const int failed = crypto_pwhash_str(hash, password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                       crypto_pwhash_MEMLIMIT_INTERACTIVE);
  if (failed) return Error{ErrorCode::unavailable, "no memory to hash a password: 64 MiB are needed"};
  return std::string(hash);
}

bool is_password(const std::string& password, const std::string& hash) {
  const std::string& against = hash.empty() ? hash_of_nobody() : hash;
  if (sodium_init() < 0) return false;
  const bool same = crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
  return same && !hash.empty();
}

}  // namespace activitytrack::server
