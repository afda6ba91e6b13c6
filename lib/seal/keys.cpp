#include <activitytrack/seal/seal.hpp>

#include "seal/sodium.hpp"

#include <algorithm>

namespace activitytrack {
namespace {

constexpr std::string_view public_prefix = "atpub_";
constexpr std::string_view private_prefix = "atkey_";
constexpr std::size_t checksum_bytes = 4;
using KeyBytes = std::array<std::uint8_t, 32>;
using CheckedBytes = std::array<std::uint8_t, 32 + checksum_bytes>;

/// Key and checksum: the beginning of the BLAKE2b hash of prefix and key.
CheckedBytes with_checksum(std::string_view prefix, const KeyBytes& key) {
  std::array<std::uint8_t, crypto_generichash_BYTES> hash;
  crypto_generichash_state state;
  crypto_generichash_init(&state, nullptr, 0, hash.size());
  crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(prefix.data()), prefix.size());
  crypto_generichash_update(&state, key.data(), key.size());
  crypto_generichash_final(&state, hash.data(), hash.size());
  CheckedBytes bytes;
  std::copy_n(hash.begin(), checksum_bytes, std::ranges::copy(key, bytes.begin()).out);
  return bytes;
}

std::string key_text(std::string_view prefix, const KeyBytes& key) {
  constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
  CheckedBytes bytes = with_checksum(prefix, key);
  std::string text(sodium_base64_ENCODED_LEN(bytes.size(), variant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), variant);
  sodium_memzero(bytes.data(), bytes.size());
  text.pop_back();  // its NUL
  return std::string(prefix) + text;
}

Result<KeyBytes> parse_key(std::string_view prefix, std::string_view text, std::string_view what) {
  const Error wrong{ErrorCode::invalid_input, "is no " + std::string(what) + ": it must begin with " +
                                                  std::string(prefix) +
                                                  " and be copied whole; activitytrack-report keygen makes one"};
  if (!text.starts_with(prefix)) return wrong;
  text.remove_prefix(prefix.size());
  CheckedBytes bytes;
  std::size_t length = 0;
  const char* end = nullptr;
  const bool decoded = sodium_base642bin(bytes.data(), bytes.size(), text.data(), text.size(), nullptr, &length, &end,
                                         sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0;
  KeyBytes key;
  std::copy_n(bytes.begin(), key.size(), key.begin());
  const bool whole =
      decoded && length == bytes.size() && end == text.data() + text.size() && bytes == with_checksum(prefix, key);
  sodium_memzero(bytes.data(), bytes.size());
  if (!whole) return wrong;
  return key;
}

/// A few points of the curve give everyone the same secret.
bool can_be_sealed_for(const KeyBytes& key) {
  constexpr KeyBytes any{1};
  KeyBytes shared;
  return crypto_scalarmult(shared.data(), any.data(), key.data()) == 0;
}

}  // namespace

PrivateKey::~PrivateKey() { sodium_memzero(bytes.data(), bytes.size()); }
MachineKey::~MachineKey() { sodium_memzero(bytes.data(), bytes.size()); }

PrivateKey make_private_key() {
  start_sodium();
  PrivateKey key;
  KeyBytes unused;
  crypto_box_keypair(unused.data(), key.bytes.data());
  return key;
}

PublicKey public_key_of(const PrivateKey& key) {
  PublicKey derived;
  crypto_scalarmult_base(derived.bytes.data(), key.bytes.data());
  return derived;
}

std::string to_text(const PublicKey& key) { return key_text(public_prefix, key.bytes); }
std::string to_text(const PrivateKey& key) { return key_text(private_prefix, key.bytes); }

Result<PublicKey> parse_public_key(std::string_view text) {
  if (text.starts_with(private_prefix)) {
    return Error{ErrorCode::invalid_input, "is a private key: keep that to yourself, and give the public one here"};
  }
  const Result<KeyBytes> key = parse_key(public_prefix, text, "public key");
  if (!key) return key.error();
  if (!can_be_sealed_for(*key)) return Error{ErrorCode::invalid_input, "is no public key that keeps a secret"};
  return PublicKey{*key};
}

Result<PrivateKey> parse_private_key(std::string_view text) {
  Result<KeyBytes> bytes = parse_key(private_prefix, text, "private key");
  if (!bytes) return bytes.error();
  PrivateKey key(*bytes);
  sodium_memzero(bytes->data(), bytes->size());
  return key;
}

}  // namespace activitytrack
