#pragma once

#include <activitytrack/core/result.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace activitytrack {

// Sealing: bytes that only the holder of a key can read, and that nobody can change without being found out.
// The format is described in docs/sealed-files.md, with test vectors. Cryptography: libsodium (crypto_box_seal or
// a secret box for the file's key, secretstream for its content).

/// Anyone who has it can seal; nobody can open with it.
struct PublicKey {
  std::array<std::uint8_t, 32> bytes{};
  friend bool operator==(const PublicKey&, const PublicKey&) = default;
};

/// Opens what was sealed for its public key. Erased from memory when it goes.
class PrivateKey {
 public:
  PrivateKey() = default;
  explicit PrivateKey(const std::array<std::uint8_t, 32>& b) : bytes(b) {}
  PrivateKey(const PrivateKey&) = default;
  PrivateKey& operator=(const PrivateKey&) = default;
  ~PrivateKey();

  std::array<std::uint8_t, 32> bytes{};
};

/// Seals and opens on one machine: 32 random bytes in a file that only its owner can read.
class MachineKey {
 public:
  MachineKey() = default;
  MachineKey(const MachineKey&) = default;
  MachineKey& operator=(const MachineKey&) = default;
  ~MachineKey();

  std::array<std::uint8_t, 32> bytes{};
};

/// A new pair of keys.
PrivateKey make_private_key();
PublicKey public_key_of(const PrivateKey& key);

/// As people pass them on: "atpub_..." and "atkey_...", base64url with a checksum, so that a slip is found out.
std::string to_text(const PublicKey& key);
std::string to_text(const PrivateKey& key);
Result<PublicKey> parse_public_key(std::string_view text);
Result<PrivateKey> parse_private_key(std::string_view text);

/// Reads a private key from a file as `activitytrack-report keygen` writes it: empty lines and those that
/// begin with "#" do not count. The error's message names the file.
Result<PrivateKey> read_private_key(const std::filesystem::path& file);

/// Reads the machine's key. A file that others can read, or of another length, is an error.
Result<MachineKey> read_machine_key(const std::filesystem::path& file);

/// Likewise; made if the file is missing (0600, synced).
Result<MachineKey> kept_machine_key(const std::filesystem::path& file);

/// Seals all of `plain`.
std::string seal(std::string_view plain, const PublicKey& key);
std::string seal(std::string_view plain, const MachineKey& key);

/// Opens all of `sealed`. A wrong key, any changed, missing or added byte: an error that says which of these it is as
/// far as can be seen (`unauthorized`: sealed for another key; `corrupt`; `unsupported`: a later version of the
/// format).
Result<std::string> open_sealed(std::string_view sealed, const PrivateKey& key);
Result<std::string> open_sealed(std::string_view sealed, const MachineKey& key);

/// Whether the bytes begin as sealed ones do.
bool is_sealed(std::string_view bytes) noexcept;

}  // namespace activitytrack
