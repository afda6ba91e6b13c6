#include "seal/format.hpp"

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

}  // namespace activitytrack
