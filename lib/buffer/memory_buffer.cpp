#include <activitytrack/buffer/buffer.hpp>

#include <algorithm>
#include <map>
#include <mutex>
#include <utility>

namespace activitytrack {
namespace {

std::int64_t size_of(std::string_view bytes) { return static_cast<std::int64_t>(bytes.size()); }

class MemoryBuffer final : public Buffer {
 public:
  explicit MemoryBuffer(Clock& clock) : clock_(clock) {}

  Result<void> append(const Event& event) override {
    const std::lock_guard lock(mutex_);
    const bool there = std::ranges::any_of(pending_, [&](const auto& held) {
      return held.second.timestamp == event.timestamp && held.second.machine_id == event.machine_id;
    });
    if (!there) {
      EncodedEvent& held = pending_.emplace(++last_id_, EncodedEvent(event)).first->second;
      held.id = last_id_;
      bytes_ += size_of(held.json);
      stats_.newest = std::max(stats_.newest, event.timestamp);
    }
    enforce_bounds();
    return {};
  }

  Result<std::vector<EncodedEvent>> pending(std::size_t count, std::int64_t after) override {
    const std::lock_guard lock(mutex_);
    std::vector<EncodedEvent> events;
    for (auto at = pending_.upper_bound(after); at != pending_.end() && events.size() < count; ++at) {
      events.push_back(at->second);
    }
    return events;
  }

  Result<void> settle(std::span<const Settled> settled) override {
    const std::lock_guard lock(mutex_);
    for (const Buffer::Settled& one : settled) {
      const auto at = pending_.find(one.id);
      if (at == pending_.end()) continue;
      if (!one.rejection.empty()) ++stats_.aside;
      erase(at);
    }
    return {};
  }

  Result<BufferStats> stats() override {
    const std::lock_guard lock(mutex_);
    BufferStats stats = stats_;
    stats.pending = static_cast<std::int64_t>(pending_.size());
    stats.bytes = bytes_;
    if (!pending_.empty()) stats.oldest = oldest()->second.timestamp;
    return stats;
  }

  void set_bounds(BufferBounds bounds) override {
    const std::lock_guard lock(mutex_);
    bounds_ = bounds;
  }

 private:
  using Events = std::map<std::int64_t, EncodedEvent>;  // by id

  Events::iterator oldest() {
    return std::ranges::min_element(pending_, {}, [](const auto& held) { return held.second.timestamp; });
  }

  void erase(Events::iterator at) {
    bytes_ -= size_of(at->second.json);
    pending_.erase(at);
  }

  void enforce_bounds() {
    while (!pending_.empty()) {
      const auto at = oldest();
      if (bounds_.hold(bytes_, at->second.timestamp, clock_.now())) return;
      erase(at);
      ++stats_.dropped;
    }
  }

  std::mutex mutex_;
  Clock& clock_;
  BufferBounds bounds_;
  Events pending_;
  BufferStats stats_;  // aside, dropped and newest
  std::int64_t last_id_ = 0;
  std::int64_t bytes_ = 0;
};

class MemoryScreenshotBuffer final : public ScreenshotBuffer {
 public:
  explicit MemoryScreenshotBuffer(Clock& clock) : clock_(clock) {}

  Result<void> append(const Screenshot& screenshot, std::string_view sealed) override {
    const std::lock_guard lock(mutex_);
    if (pending_.try_emplace(key_of(screenshot), Held{screenshot, std::string(sealed)}).second) {
      bytes_ += size_of(sealed);
    }
    enforce_bounds();
    return {};
  }

  Result<std::vector<Screenshot>> pending(std::size_t count, std::string_view after) override {
    const std::lock_guard lock(mutex_);
    std::vector<Screenshot> found;
    for (const auto& [key, held] : pending_) {
      if (found.size() == count) break;
      if (key.first > after) found.push_back(held.screenshot);
    }
    return found;
  }

  Result<std::string> read(const Screenshot& screenshot) override {
    const std::lock_guard lock(mutex_);
    const auto at = pending_.find(key_of(screenshot));
    if (at == pending_.end()) return Error{ErrorCode::not_found, "the screenshot is not in the buffer"};
    return at->second.sealed;
  }

  Result<void> settle(const Screenshot& screenshot, std::string_view rejection) override {
    const std::lock_guard lock(mutex_);
    const auto at = pending_.find(key_of(screenshot));
    if (at == pending_.end()) return {};
    if (rejection.empty()) {
      bytes_ -= size_of(at->second.sealed);
    } else {
      aside_.insert_or_assign(at->first, std::move(at->second));
    }
    pending_.erase(at);
    return {};
  }

  Result<BufferStats> stats() override {
    const std::lock_guard lock(mutex_);
    BufferStats stats;
    stats.pending = static_cast<std::int64_t>(pending_.size());
    stats.aside = static_cast<std::int64_t>(aside_.size());
    stats.dropped = dropped_;
    stats.bytes = bytes_;
    return stats;
  }

  void set_bounds(BufferBounds bounds) override {
    const std::lock_guard lock(mutex_);
    bounds_ = bounds;
  }

 private:
  struct Held {
    Screenshot screenshot;
    std::string sealed;
  };
  using Key = std::pair<std::string, std::string>;  // id, machine
  using Kept = std::map<Key, Held>;

  static Key key_of(const Screenshot& s) { return {s.id, s.machine_id}; }

  void enforce_bounds() {
    for (Kept* kept : {&aside_, &pending_}) {
      while (!kept->empty()) {
        const Held& oldest = kept->begin()->second;
        if (bounds_.hold(bytes_, oldest.screenshot.taken_at, clock_.now())) break;
        bytes_ -= size_of(oldest.sealed);
        kept->erase(kept->begin());
        ++dropped_;
      }
    }
  }

  std::mutex mutex_;
  Clock& clock_;
  BufferBounds bounds_ = default_bounds;
  Kept pending_, aside_;
  std::int64_t dropped_ = 0;
  std::int64_t bytes_ = 0;
};

}  // namespace

std::unique_ptr<Buffer> make_memory_buffer(Clock& clock) { return std::make_unique<MemoryBuffer>(clock); }

std::unique_ptr<ScreenshotBuffer> make_memory_screenshot_buffer(Clock& clock) {
  return std::make_unique<MemoryScreenshotBuffer>(clock);
}

}  // namespace activitytrack
