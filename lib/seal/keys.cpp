#include "core/file.hpp"
#include "core/text.hpp"
#include "seal/sodium.hpp"

#include <activitytrack/seal/seal.hpp>

#include <sys/stat.h>
#include <algorithm>
#include <cerrno>

namespace activitytrack {
namespace {

constexpr std::string_view public_prefix = "atpub_";
constexpr std::string_view private_prefix = "atkey_";
constexpr std::size_t checksum_bytes = 4;
using KeyBytes = std::array<std::uint8_t, 32>;
using CheckedBytes = std::array<std::uint8_t, 32 + checksum_bytes>;

/// Key and checksum: the beginning of the BLAKE2b hash of prefix and key.
CheckedBytes with_checksum(std::string_view prefix, const KeyBytes& key) {
  CheckedBytes bytes;
  std::copy_n(key_hash(prefix, key).begin(), checksum_bytes, std::ranges::copy(key, bytes.begin()).out);
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

constexpr std::size_t longest_file = 4096;

/// The first line that is neither empty nor a comment.
std::string_view key_line(std::string_view text) {
  while (!text.empty()) {
    std::string_view line = take_line(text);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (!line.empty() && line.front() != '#') return line;
  }
  return {};
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

Result<MachineKey> read_machine_key(const std::filesystem::path& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0) return system_error(file.string() + ": cannot be read", errno);
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error{ErrorCode::permission, file.string() +
                                            ": others can get at this key; chmod 600 it, or remove it "
                                            "to be given a new one (what it sealed is lost then)"};
  }
  MachineKey key;
  auto content = read_file_start(file, key.bytes.size() + 1);
  if (!content) return Error{content.error().code, file.string() + ": " + content.error().message};
  const bool whole = content->size() == key.bytes.size();
  if (whole) std::ranges::copy(*content, key.bytes.begin());
  sodium_memzero(content->data(), content->size());
  if (whole) return key;
  return Error{ErrorCode::corrupt, file.string() +
                                       ": is no key of 32 bytes; put it back, or remove it to be given a "
                                       "new one (what it sealed is lost then)"};
}

Result<MachineKey> kept_machine_key(const std::filesystem::path& file) {
  auto kept = read_machine_key(file);
  if (kept || kept.error().code != ErrorCode::not_found) return kept;
  start_sodium();
  if (const auto made = make_private_folders(file.parent_path()); !made) return made.error();
  MachineKey key;
  randombytes_buf(key.bytes.data(), key.bytes.size());
  const auto created =
      create_private_file(file, std::string_view(reinterpret_cast<const char*>(key.bytes.data()), key.bytes.size()));
  if (created) return key;
  if (created.error().code == ErrorCode::already_exists) return read_machine_key(file);
  return created.error();
}

Result<PrivateKey> read_private_key(const std::filesystem::path& file) {
  auto text = read_file_start(file, longest_file);
  if (!text) return Error{text.error().code, file.string() + " " + text.error().message};
  auto key = parse_private_key(key_line(*text));
  sodium_memzero(text->data(), text->size());
  if (!key) return Error{key.error().code, file.string() + " " + key.error().message};
  return key;
}

}  // namespace activitytrack
