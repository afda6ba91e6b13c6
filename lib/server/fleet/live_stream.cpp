#include "server/fleet/live_stream.hpp"

#include "core/text.hpp"
#include "server/accounts/secret_token.hpp"

#include <algorithm>
#include <utility>

namespace activitytrack::server {
namespace {

constexpr std::size_t piece_bytes = 32 * 1024;
constexpr std::string_view attention = "attention";
constexpr std::string_view reset = "event: reset\ndata: {}\n\n";

}  // namespace

LiveChannel::LiveChannel(std::size_t most_events, std::size_t most_streams)
    : most_events_(most_events), most_streams_(most_streams), run_(format_id(random_id())) {}

void LiveChannel::tell(std::string_view machine_id, std::string_view event, std::string_view data) {
  const std::lock_guard lock(mutex_);
  std::string text = "id: " + id_of(end()) + "\nevent: ";
  text.append(event).append("\ndata: ").append(data).append("\n\n");
  ring_.push_back({std::string(machine_id), std::move(text), event == attention});
  if (ring_.size() <= most_events_) return;
  ring_.pop_front();
  ++first_;
}

void LiveChannel::ring() {
  const std::lock_guard lock(mutex_);
  for (const LiveStream* stream : streams_)
    if (stream->ring_) stream->ring_();
}

void LiveChannel::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    for (LiveStream* stream : streams_) stream->ended_ = true;
  }
  ring();
}

std::shared_ptr<LiveStream> LiveChannel::open(std::shared_ptr<LiveStream> stream, std::string_view last_event_id) {
  const std::lock_guard lock(mutex_);
  if (closed_ || streams_.size() >= most_streams_) return nullptr;
  streams_.insert(stream.get());
  const auto next = last_event_id.empty() ? end() : number_after(last_event_id);
  stream->next_ = next.value_or(end());
  // The id: so that who loses the connection before the first event comes back to here.
  stream->first_words_ = "retry: 2000\nid: " + id_of(stream->next_ - 1) + "\n\n";
  if (!next) stream->first_words_ += reset;
  return stream;
}

std::vector<std::shared_ptr<LiveStream>> LiveChannel::streams() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<LiveStream>> all;
  for (LiveStream* stream : streams_)
    if (auto held = stream->weak_from_this().lock()) all.push_back(std::move(held));
  return all;
}

bool LiveChannel::is_watched() const {
  const std::lock_guard lock(mutex_);
  return !streams_.empty();
}

/// nullopt if what came after it is not there any more.
std::optional<std::uint64_t> LiveChannel::number_after(std::string_view last_event_id) const {
  if (!last_event_id.starts_with(run_ + '-')) return std::nullopt;
  const auto number = parse_number<std::uint64_t>(last_event_id.substr(run_.size() + 1));
  if (!number || *number + 1 < first_ || *number >= end()) return std::nullopt;
  return *number + 1;
}

LiveStream::LiveStream(LiveChannel& channel, Principal who, Filter filter)
    : channel_(channel), who_(std::move(who)), filter_(std::move(filter)) {}

LiveStream::~LiveStream() {
  const std::lock_guard lock(channel_.mutex_);
  channel_.streams_.erase(this);
}

void LiveStream::begin(std::function<void()> ring) {
  const std::lock_guard lock(channel_.mutex_);
  ring_ = std::move(ring);
}

std::optional<std::string> LiveStream::take() {
  const std::lock_guard lock(channel_.mutex_);
  if (ended_) return std::nullopt;
  std::string text = std::exchange(first_words_, {});
  if (next_ < channel_.first_) {
    next_ = channel_.end();
    return text.append(reset);
  }
  bool called = false;
  for (; next_ < channel_.end() && text.size() < piece_bytes; ++next_) {
    const LiveChannel::Entry& entry = channel_.ring_[static_cast<std::size_t>(next_ - channel_.first_)];
    if (!shows(entry) || (entry.is_call && std::exchange(called, true))) continue;
    text += entry.text;
  }
  return text;
}

bool LiveStream::shows(const LiveChannel::Entry& entry) const {
  if (entry.machine_id.empty()) return true;
  if (!who_.may_read(entry.machine_id)) return false;
  if (!filter_.machines && !filter_.also) return true;
  return (filter_.machines && filter_.machines->contains(entry.machine_id)) ||
         (filter_.also && filter_.also(entry.machine_id));
}

Principal LiveStream::who() const {
  const std::lock_guard lock(channel_.mutex_);
  return who_;
}

void LiveStream::set_who(Principal who) {
  const std::lock_guard lock(channel_.mutex_);
  who_ = std::move(who);
}

void LiveStream::end() {
  const std::lock_guard lock(channel_.mutex_);
  ended_ = true;
  if (ring_) ring_();
}

}  // namespace activitytrack::server
