#include "seal/format.hpp"
#include "seal/stream.hpp"

#include <algorithm>

namespace activitytrack {
namespace {

using namespace sealed;

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

namespace {

using namespace sealed;

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
