#include "net/digest.hpp"

#include "core/text.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <stdexcept>

namespace activitytrack {
namespace {

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

/// "" if there is no such digest.
std::string digest(const char* name, std::string_view data) {
  unsigned char out[EVP_MAX_MD_SIZE];
  std::size_t size = 0;
  if (EVP_Q_digest(nullptr, name, nullptr, data.data(), data.size(), out, &size) != 1) return {};
  return {reinterpret_cast<const char*>(out), size};
}

}  // namespace

std::string sha256(std::string_view data) {
  std::string out = digest("SHA256", data);
  if (out.empty()) throw std::runtime_error("OpenSSL has no SHA-256");
  return out;
}

std::string md5(std::string_view data) { return digest("MD5", data); }

std::string hmac_sha256(std::string_view key, std::string_view data) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes_of(data), data.size(), out, &size) ==
      nullptr) {
    throw std::runtime_error("OpenSSL has no HMAC");
  }
  return {reinterpret_cast<const char*>(out), size};
}

std::string unhex(std::string_view text) {
  std::string out;
  for (; text.size() >= 2; text.remove_prefix(2)) {
    const auto byte = parse_number<unsigned char>(text.substr(0, 2), 16);
    if (!byte) return {};
    out += static_cast<char>(*byte);
  }
  return text.empty() ? out : std::string();
}

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(bytes), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

}  // namespace activitytrack
