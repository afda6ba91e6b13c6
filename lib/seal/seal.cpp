#include "seal/sodium.hpp"
#include "seal/stream.hpp"

#include <activitytrack/seal/seal.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <stdexcept>

namespace activitytrack {
namespace sealed {

/// The content's cipher. Erased when it goes.
struct Stream {
  Stream() = default;
  Stream(const Stream&) = delete;
  ~Stream() { sodium_memzero(&state, sizeof state); }
  crypto_secretstream_xchacha20poly1305_state state{};
};

}  // namespace sealed

namespace {

using sealed::Stream;

// The format that docs/sealed-files.md describes.
constexpr std::string_view magic{
    "\x89"
    "ATSEAL\n",
    8};
constexpr char version = 1;

constexpr std::size_t chunk_size = 65536;
constexpr std::size_t chunk_overhead = crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr std::size_t sealed_chunk_size = chunk_size + chunk_overhead;

/// The key of one file's content. Erased when it goes.
struct FileKey {
  FileKey() = default;
  FileKey(const FileKey&) = default;
  ~FileKey() { sodium_memzero(bytes.data(), bytes.size()); }
  std::array<unsigned char, crypto_secretstream_xchacha20poly1305_KEYBYTES> bytes{};
};

// Where what begins in a header, and how long it is.
constexpr std::size_t kind_at = magic.size() + 1;
constexpr std::size_t key_id_at = kind_at + 1;
constexpr std::size_t key_id_size = 8;
constexpr std::size_t file_key_at = key_id_at + key_id_size;
constexpr std::size_t stream_header_size = crypto_secretstream_xchacha20poly1305_HEADERBYTES;
constexpr std::size_t boxed_size = sizeof(FileKey::bytes) + crypto_box_SEALBYTES;
constexpr std::size_t nonce_size = crypto_secretbox_NONCEBYTES;
constexpr std::size_t locked_size = nonce_size + sizeof(FileKey::bytes) + crypto_secretbox_MACBYTES;
constexpr std::size_t longest_header = file_key_at + boxed_size + stream_header_size;
static_assert(longest_header == 122 && locked_size < boxed_size);

/// A file is sealed for the holder of a key pair or for a machine; what differs of the header by that.
struct Sealing {
  char kind;
  std::size_t boxed_size;  ///< of the file's key, as it is in the header
  std::string_view id_purpose;
};
constexpr Sealing for_holder{1, boxed_size, "atpub_"};
constexpr Sealing for_machine{2, locked_size, "activitytrack machine key"};
const Sealing& sealing_of(const PublicKey&) { return for_holder; }
const Sealing& sealing_of(const MachineKey&) { return for_machine; }

/// The key that files are sealed for that this one opens.
PublicKey sealing_key_of(const PrivateKey& key) { return public_key_of(key); }
const MachineKey& sealing_key_of(const MachineKey& key) { return key; }

/// Which key a file is sealed for: distinguishes a wrong key from damage.
template <class Key>
std::string key_id(const Key& key) {
  const auto hash = key_hash(sealing_of(key).id_purpose, key.bytes);
  return {hash.begin(), hash.begin() + key_id_size};
}

/// For libsodium, whose bytes are unsigned.
const unsigned char* data(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* data(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

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

/// Draws a file's key, starts the stream and returns the header.
template <class Key>
std::string begin(const Key& key, Stream& stream) {
  start_sodium();
  FileKey file_key;
  crypto_secretstream_xchacha20poly1305_keygen(file_key.bytes.data());
  std::string header{magic};
  header += version;
  header += sealing_of(key).kind;
  header += key_id(key);
  header += box(file_key, key);
  const std::size_t stream_at = header.size();
  header.resize(stream_at + stream_header_size);
  crypto_secretstream_xchacha20poly1305_init_push(&stream.state, data(header) + stream_at, file_key.bytes.data());
  return header;
}

Error corrupt(const char* what) { return {ErrorCode::corrupt, what}; }

/// Version and kind, as far as `bytes` reach.
Result<void> check_kind(std::string_view bytes, char expected) {
  if (bytes.substr(0, magic.size()) != magic.substr(0, bytes.size()))
    return corrupt("is no sealed file: its first bytes are others");
  if (bytes.size() > magic.size() && bytes[magic.size()] != version) {
    return Error{ErrorCode::unsupported, "is sealed in a version of the format that is not known here (" +
                                             std::to_string(static_cast<unsigned char>(bytes[magic.size()])) +
                                             "); open it with a newer release"};
  }
  if (bytes.size() <= kind_at || bytes[kind_at] == expected) return {};
  if (bytes[kind_at] == for_machine.kind)
    return Error{ErrorCode::unauthorized, "is sealed for a machine's own key: no private key opens it"};
  if (bytes[kind_at] == for_holder.kind)
    return Error{ErrorCode::unauthorized, "is sealed for the holder of a private key: a machine's does not open it"};
  return Error{ErrorCode::unsupported, "is sealed in a way that is not known here; open it with a newer release"};
}

/// Reads the header from a file's first bytes, starts the stream and returns the header's length; nullopt as
/// long as the bytes are right but too few. With more bytes the answer stays the same.
template <class Key>
Result<std::optional<std::size_t>> read_header(std::string_view bytes, const Key& key, Stream& stream) {
  const auto& own = sealing_key_of(key);
  const Sealing& sealing = sealing_of(own);
  if (const auto checked = check_kind(bytes, sealing.kind); !checked) return checked.error();
  if (bytes.size() < file_key_at) return std::nullopt;
  const std::string given = key_id(own);
  const std::string_view named = bytes.substr(key_id_at, key_id_size);
  if (named != given) {
    return Error{ErrorCode::unauthorized, "is sealed for another key (" + hex(named) + ", not " + hex(given) +
                                              "); open it with the key that it was sealed for"};
  }
  const std::size_t stream_at = file_key_at + sealing.boxed_size;
  if (bytes.size() < stream_at + stream_header_size) return std::nullopt;
  FileKey file_key;
  if (!unbox(bytes.substr(file_key_at, sealing.boxed_size), key, own, file_key))
    return corrupt("is damaged: bytes of its beginning were changed");
  crypto_secretstream_xchacha20poly1305_init_pull(&stream.state, data(bytes) + stream_at, file_key.bytes.data());
  return stream_at + stream_header_size;
}

/// Writes a chunk and its tag to `to`, sealed_chunk_size of room at most. `header` goes with the first, ""
/// with others.
void push(Stream& stream, std::string_view plain, std::string_view header, bool last, unsigned char* to) {
  crypto_secretstream_xchacha20poly1305_push(&stream.state, to, nullptr, data(plain), plain.size(),
                                             header.empty() ? nullptr : data(header), header.size(),
                                             last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
}

template <class Key>
std::string seal_for(std::string_view plain, const Key& key) {
  Stream stream;
  const std::string header = begin(key, stream);
  const std::size_t chunks = std::max<std::size_t>((plain.size() + chunk_size - 1) / chunk_size, 1);
  std::string out = header;
  out.resize(header.size() + plain.size() + chunks * chunk_overhead);
  unsigned char* to = data(out) + header.size();
  for (std::size_t i = 0; i < chunks; ++i) {
    const std::string_view chunk = plain.substr(i * chunk_size, chunk_size);
    push(stream, chunk, i == 0 ? header : std::string_view(), i + 1 == chunks, to);
    to += chunk.size() + chunk_overhead;
  }
  return out;
}

const Error cut_off{ErrorCode::corrupt, "is cut off: its end is missing"};
const Error too_long{ErrorCode::corrupt, "is damaged: bytes were added after its end"};

/// Opens the chunk that begins at byte `at` of the file into `to`, and returns whether it was the last.
Result<bool> pull(Stream& stream, std::string_view chunk, std::string_view header, std::size_t at, unsigned char* to) {
  if (chunk.size() < chunk_overhead) return cut_off;
  unsigned char tag = 0;
  if (crypto_secretstream_xchacha20poly1305_pull(&stream.state, to, nullptr, &tag, data(chunk), chunk.size(),
                                                 header.empty() ? nullptr : data(header), header.size()) != 0) {
    const bool short_one = chunk.size() < sealed_chunk_size;
    return Error{ErrorCode::corrupt, (short_one ? "is cut off, or bytes were changed after byte "
                                                : "is damaged: bytes were changed, taken out or put in after byte ") +
                                         std::to_string(at)};
  }
  if (tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL) return true;
  if (tag != 0) return Error{ErrorCode::corrupt, "breaks the rules of the format after byte " + std::to_string(at)};
  if (chunk.size() < sealed_chunk_size) return cut_off;
  return false;
}

template <class Key>
Result<std::string> open_with(std::string_view file, const Key& key) {
  start_sodium();
  Stream stream;
  const auto header_size = read_header(file, key, stream);
  if (!header_size) return header_size.error();
  if (!*header_size) return cut_off;
  std::string_view header = file.substr(0, **header_size);
  std::string plain(file.size() - header.size(), '\0');
  std::size_t length = 0;
  for (std::size_t at = header.size();; at += sealed_chunk_size) {
    const std::string_view chunk = file.substr(at, sealed_chunk_size);
    const auto last = pull(stream, chunk, header, at, data(plain) + length);
    if (!last) return last.error();
    length += chunk.size() - chunk_overhead;
    header = {};
    if (*last && at + chunk.size() < file.size()) return too_long;
    if (*last) break;
    if (at + chunk.size() == file.size()) return cut_off;
  }
  plain.resize(length);
  return plain;
}

}  // namespace

std::string seal(std::string_view plain, const PublicKey& key) { return seal_for(plain, key); }
std::string seal(std::string_view plain, const MachineKey& key) { return seal_for(plain, key); }

struct Sealer::State {
  State(const PublicKey& key, ByteSink to) : sink(std::move(to)), header(begin(key, stream)) {}
  ~State() { sodium_memzero(pending.data(), pending.size()); }

  Result<void> give(std::string_view plain, bool last) {
    std::string chunk = header;
    chunk.resize(header.size() + plain.size() + chunk_overhead);
    push(stream, plain, header, last, data(chunk) + header.size());
    header.clear();
    return sink(chunk);
  }

  Stream stream;
  ByteSink sink;
  std::string header;   ///< until it is given to the sink, with the first chunk
  std::string pending;  ///< up to one chunk: whether it is the last is known when more comes, or nothing
  Result<void> outcome;
};

Sealer::Sealer(const PublicKey& key, ByteSink sink) : state_(std::make_unique<State>(key, std::move(sink))) {
  state_->pending.reserve(chunk_size);
}
Sealer::~Sealer() = default;

Result<void> Sealer::write(std::string_view plain) {
  State& state = *state_;
  while (state.outcome && !plain.empty()) {
    if (state.pending.size() == chunk_size) {
      state.outcome = state.give(state.pending, false);
      state.pending.clear();
    }
    const std::string_view part = plain.substr(0, chunk_size - state.pending.size());
    state.pending += part;
    plain.remove_prefix(part.size());
  }
  return state.outcome;
}

Result<void> Sealer::finish() {
  if (state_->outcome) state_->outcome = state_->give(state_->pending, true);
  return state_->outcome;
}

Result<std::string> open_sealed(std::string_view sealed, const PrivateKey& key) { return open_with(sealed, key); }
Result<std::string> open_sealed(std::string_view sealed, const MachineKey& key) { return open_with(sealed, key); }

bool is_sealed(std::string_view bytes) noexcept { return bytes.starts_with(magic); }

struct Opener::State {
  State(const PrivateKey& k, ByteSink to) : key(k), sink(std::move(to)) {}
  ~State() { sodium_memzero(plain.data(), plain.size()); }

  /// Takes what belongs to the header; true when that is whole.
  Result<bool> take_header(std::string_view& bytes) {
    if (in_chunks) return true;
    const std::size_t before = pending.size();
    pending += bytes.substr(0, longest_header - before);
    const auto size = read_header(pending, key, stream);
    if (!size) return size.error();
    bytes.remove_prefix((*size ? **size : pending.size()) - before);
    if (!*size) return false;
    header = pending.substr(0, **size);
    at = header.size();
    pending.clear();
    plain.resize(chunk_size);
    return in_chunks = true;
  }

  Result<void> give(std::string_view chunk) {
    const auto last = pull(stream, chunk, header, at, data(plain));
    if (!last) return last.error();
    at += chunk.size();
    header.clear();
    ended = *last;
    return sink(std::string_view(plain).substr(0, chunk.size() - chunk_overhead));
  }

  Result<void> take(std::string_view bytes) {
    const auto begun = take_header(bytes);
    if (!begun) return begun.error();
    while (!bytes.empty()) {
      if (ended) return too_long;
      const std::string_view part = bytes.substr(0, sealed_chunk_size - pending.size());
      bytes.remove_prefix(part.size());
      pending += part;
      if (pending.size() < sealed_chunk_size) break;
      if (const auto given = give(pending); !given) return given;
      pending.clear();
    }
    return {};
  }

  Result<void> end() {
    if (!in_chunks) return cut_off;
    if (ended) return {};
    if (const auto given = give(pending); !given) return given;
    return ended ? Result<void>() : Result<void>(cut_off);
  }

  PrivateKey key;
  ByteSink sink;
  Stream stream;
  bool in_chunks = false;
  bool ended = false;
  std::size_t at = 0;   ///< where the next chunk begins
  std::string header;   ///< until the first chunk is opened
  std::string pending;  ///< what has come of the header, or of the next chunk
  std::string plain;
  Result<void> outcome;
};

Opener::Opener(const PrivateKey& key, ByteSink sink) : state_(std::make_unique<State>(key, std::move(sink))) {
  start_sodium();
}
Opener::~Opener() = default;

Result<void> Opener::write(std::string_view sealed) {
  if (state_->outcome && !sealed.empty()) state_->outcome = state_->take(sealed);
  return state_->outcome;
}

Result<void> Opener::finish() {
  if (state_->outcome) state_->outcome = state_->end();
  return state_->outcome;
}

}  // namespace activitytrack
