// Any bytes as a batch, as one event and as an answer: decoders that never crash, and codecs that read
// back what they wrote.
#include "core/event_batch.hpp"
#include "core/text.hpp"

#include <cstdint>
#include <cstdlib>

using namespace activitytrack;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check_event(const Event& event) {
  auto json = encode_event(event);
  require(is_utf8(json));
  auto again = decode_event(json);
  require(again.has_value() && *again == event);
}

void check_batch(std::string_view text) {
  auto batch = decode_batch(text);
  if (!batch) return;
  require(batch->events.size() == batch->indices.size());
  require(batch->events.size() + batch->rejected.size() <= max_batch_events);
  for (const auto& event : batch->events) check_event(event);

  const std::vector<EncodedEvent> encoded(batch->events.begin(), batch->events.end());
  auto again = decode_batch(encode_batch(encoded, batch->agent));
  require(again.has_value() && again->agent == batch->agent && again->events == batch->events &&
          again->rejected.empty());
}

void check_answer(std::string_view text) {
  auto answer = decode_answer(text);
  if (!answer) return;
  auto again = decode_answer(encode_answer(*answer));
  require(again.has_value() && again->accepted == answer->accepted && again->duplicates == answer->duplicates &&
          again->rejected == answer->rejected);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  check_batch(text);
  if (auto event = decode_event(text)) check_event(*event);
  check_answer(text);
  return 0;
}
