#include "seal/format.hpp"

#include <algorithm>
#include <stdexcept>

namespace activitytrack::sealed {
namespace {

constexpr std::size_t kind_at = magic.size() + 1;
constexpr std::size_t key_id_at = kind_at + 1;
constexpr std::size_t file_key_at = key_id_at + sizeof(KeyId);
constexpr std::size_t stream_header_size = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t boxed_size = sizeof(FileKey::bytes) + crypto_box_SEALBYTES;
constexpr std::size_t nonce_size = crypto_secretbox_NONCEBYTES;
constexpr std::size_t locked_size = nonce_size + sizeof(FileKey::bytes) + crypto_secretbox_MACBYTES;
static_assert(file_key_at + boxed_size + stream_header_size == longest_header && locked_size < boxed_size);

template <class Key>
KeyId hashed_id(std::string_view purpose, const Key& key) {
  KeyId id;
  std::copy_n(key_hash(purpose, key.bytes).begin(), id.size(), id.begin());
  return id;
}

std::string box(const FileKey& file_key, const PublicKey& key) {
  std::string boxed(boxed_size, '\0');
  if (crypto_box_seal(data(boxed), file_key.bytes.data(), file_key.bytes.size(), key.bytes.data()) != 0)
    throw std::invalid_argument("the public key is none that can be sealed for");
  return boxed;
}

std::string box(const FileKey& file_key, const MachineKey& key) {
  std::string boxed(locked_size, '\0');
  unsigned char* nonce = data(boxed);
  randombytes_buf(nonce, nonce_size);
  crypto_secretbox_easy(nonce + nonce_size, file_key.bytes.data(), file_key.bytes.size(), nonce, key.bytes.data());
  return boxed;
}

bool unbox(std::string_view boxed, const PrivateKey& key, const PublicKey& own, FileKey& file_key) {
  return crypto_box_seal_open(file_key.bytes.data(), data(boxed), boxed.size(), own.bytes.data(), key.bytes.data()) ==
         0;
}

bool unbox(std::string_view boxed, const MachineKey& key, const MachineKey&, FileKey& file_key) {
  return crypto_secretbox_open_easy(file_key.bytes.data(), data(boxed) + nonce_size, boxed.size() - nonce_size,
                                    data(boxed), key.bytes.data()) == 0;
}

template <class Key>
std::string begin_for(const Key& key, Kind kind, Stream& stream) {
  start_sodium();
  FileKey file_key;
  crypto_secretstream_xchacha20poly1305_keygen(file_key.bytes.data());
  const KeyId id = key_id(key);
  std::string header{magic};
  header += version;
  header += static_cast<char>(kind);
  header.append(id.begin(), id.end());
  header += box(file_key, key);
  const std::size_t stream_at = header.size();
  header.resize(stream_at + stream_header_size);
  crypto_secretstream_xchacha20poly1305_init_push(&stream.state, data(header) + stream_at, file_key.bytes.data());
  return header;
}

Error corrupt(const char* what) { return {ErrorCode::corrupt, what}; }

/// Version and kind, as far as `bytes` reach.
Result<void> check_kind(std::string_view bytes, Kind expected) {
  if (bytes.substr(0, magic.size()) != magic.substr(0, bytes.size()))
    return corrupt("is no sealed file: its first bytes are others");
  if (bytes.size() > magic.size() && bytes[magic.size()] != version) {
    return Error{ErrorCode::unsupported, "is sealed in a version of the format that is not known here (" +
                                             std::to_string(static_cast<unsigned char>(bytes[magic.size()])) +
                                             "); open it with a newer release"};
  }
  if (bytes.size() <= kind_at || bytes[kind_at] == static_cast<char>(expected)) return {};
  if (bytes[kind_at] == static_cast<char>(Kind::machine_key))
    return Error{ErrorCode::unauthorized, "is sealed for a machine's own key: no private key opens it"};
  if (bytes[kind_at] == static_cast<char>(Kind::public_key))
    return Error{ErrorCode::unauthorized, "is sealed for the holder of a private key: a machine's does not open it"};
  return Error{ErrorCode::unsupported, "is sealed in a way that is not known here; open it with a newer release"};
}

/// `own`: the key as it was sealed for.
template <class Key, class Own>
Result<std::optional<std::size_t>> read_for(std::string_view bytes, const Key& key, const Own& own, Kind kind,
                                            std::size_t boxed_length, Stream& stream) {
  if (const auto checked = check_kind(bytes, kind); !checked) return checked.error();
  if (bytes.size() < file_key_at) return std::nullopt;
  const KeyId own_id = key_id(own);
  const std::string_view given(own_id.data(), own_id.size());
  const std::string_view named = bytes.substr(key_id_at, own_id.size());
  if (named != given) {
    return Error{ErrorCode::unauthorized, "is sealed for another key (" + hex(named) + ", not " + hex(given) +
                                              "); open it with the key that it was sealed for"};
  }
  const std::size_t header_size = file_key_at + boxed_length + stream_header_size;
  if (bytes.size() < header_size) return std::nullopt;
  FileKey file_key;
  if (!unbox(bytes.substr(file_key_at, boxed_length), key, own, file_key))
    return corrupt("is damaged: bytes of its beginning were changed");
  crypto_secretstream_xchacha20poly1305_init_pull(&stream.state, data(bytes) + file_key_at + boxed_length,
                                                  file_key.bytes.data());
  return header_size;
}

}  // namespace

KeyId key_id(const PublicKey& key) { return hashed_id("atpub_", key); }
KeyId key_id(const MachineKey& key) { return hashed_id("activitytrack machine key", key); }

std::string begin(const PublicKey& key, Stream& stream) { return begin_for(key, Kind::public_key, stream); }
std::string begin(const MachineKey& key, Stream& stream) { return begin_for(key, Kind::machine_key, stream); }

Result<std::optional<std::size_t>> read_header(std::string_view bytes, const PrivateKey& key, Stream& stream) {
  return read_for(bytes, key, public_key_of(key), Kind::public_key, boxed_size, stream);
}

Result<std::optional<std::size_t>> read_header(std::string_view bytes, const MachineKey& key, Stream& stream) {
  return read_for(bytes, key, key, Kind::machine_key, locked_size, stream);
}

}  // namespace activitytrack::sealed
