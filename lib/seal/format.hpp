#pragma once

#include "seal/sodium.hpp"

#include <activitytrack/seal/seal.hpp>

#include <cstddef>
#include <optional>

/// What sealing and opening share: the format that docs/sealed-files.md describes.
namespace activitytrack::sealed {

constexpr std::string_view magic{
    "\x89"
    "ATSEAL\n",
    8};
constexpr char version = 1;
enum class Kind : char { public_key = 1, machine_key = 2 };

constexpr std::size_t chunk_size = 65536;
constexpr std::size_t chunk_overhead = crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr std::size_t sealed_chunk_size = chunk_size + chunk_overhead;
constexpr std::size_t longest_header = 122;

/// The key of one file's content. Erased when it goes.
struct FileKey {
  FileKey() = default;
  FileKey(const FileKey&) = default;
  ~FileKey() { sodium_memzero(bytes.data(), bytes.size()); }
  std::array<unsigned char, crypto_secretstream_xchacha20poly1305_KEYBYTES> bytes{};
};

/// The content's cipher. Erased when it goes.
struct Stream {
  Stream() = default;
  Stream(const Stream&) = delete;
  ~Stream() { sodium_memzero(&state, sizeof state); }
  crypto_secretstream_xchacha20poly1305_state state{};
};

/// Which key a file is sealed for: distinguishes a wrong key from damage.
using KeyId = std::array<char, 8>;
KeyId key_id(const PublicKey& key);
KeyId key_id(const MachineKey& key);

/// Draws a file's key and starts the stream. Gives the header.
std::string begin(const PublicKey& key, Stream& stream);
std::string begin(const MachineKey& key, Stream& stream);

/// Reads the header from a file's first bytes, starts the stream and gives the header's length; nullopt as
/// long as the bytes are right but too few. With more bytes the answer stays the same.
Result<std::optional<std::size_t>> read_header(std::string_view bytes, const PrivateKey& key, Stream& stream);
Result<std::optional<std::size_t>> read_header(std::string_view bytes, const MachineKey& key, Stream& stream);

/// For libsodium, whose bytes are unsigned.
inline const unsigned char* data(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
inline unsigned char* data(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

}  // namespace activitytrack::sealed
