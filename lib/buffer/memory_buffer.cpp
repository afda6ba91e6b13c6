#include <activitytrack/buffer/buffer.hpp>

#include <activitytrack/core/event_json.hpp>

#include <algorithm>
#include <map>
#include <mutex>

namespace activitytrack {
namespace {

class MemoryBuffer final : public Buffer {
 public:
  explicit MemoryBuffer(Clock& clock) : clock_(clock) {}

  Result<void> append(const Event& event) override {
    std::lock_guard lock(mutex_);
    const bool there = std::any_of(pending_.begin(), pending_.end(), [&](const auto& held) {
      return held.second.timestamp == event.timestamp && held.second.machine_id == event.machine_id;
    });
    if (!there) {
      pending_.emplace(++last_id_, event);
      bytes_ += size_of(event);
      stats_.newest = std::max(stats_.newest, event.timestamp);
    }
    enforce_bounds();
    return {};
  }

  Result<std::vector<BufferedEvent>> pending(std::size_t count, std::int64_t after) override {
    std::lock_guard lock(mutex_);
    std::vector<BufferedEvent> events;
    for (auto at = pending_.upper_bound(after); at != pending_.end() && events.size() < count; ++at) {
      events.push_back({at->first, at->second});
    }
    return events;
  }

  Result<void> settle(std::span<const Settled> settled) override {
    std::lock_guard lock(mutex_);
    for (const Settled& one : settled) {
      const auto at = pending_.find(one.id);
      if (at == pending_.end()) continue;
      if (!one.rejection.empty()) ++stats_.aside;
      erase(at);
    }
    return {};
  }

  Result<BufferStats> stats() override {
    std::lock_guard lock(mutex_);
    BufferStats stats = stats_;
    stats.pending = static_cast<std::int64_t>(pending_.size());
    stats.bytes = bytes_;
    if (!pending_.empty()) stats.oldest = oldest()->second.timestamp;
    return stats;
  }

  void set_bounds(std::chrono::hours max_age, std::int64_t max_bytes) override {
    std::lock_guard lock(mutex_);
    bounds_.max_age = max_age;
    bounds_.max_bytes = max_bytes;
  }

 private:
  using Events = std::map<std::int64_t, Event>;

  static std::int64_t size_of(const Event& event) { return static_cast<std::int64_t>(encode_event(event).size()); }

  Events::iterator oldest() {
    return std::min_element(pending_.begin(), pending_.end(),
                            [](const auto& a, const auto& b) { return a.second.timestamp < b.second.timestamp; });
  }

  void erase(Events::iterator at) {
    bytes_ -= size_of(at->second);
    pending_.erase(at);
  }

  void enforce_bounds() {
    while (!pending_.empty()) {
      const auto at = oldest();
      if (bytes_ <= bounds_.max_bytes && clock_.now() - at->second.timestamp <= bounds_.max_age) return;
      erase(at);
      ++stats_.dropped;
    }
  }

  std::mutex mutex_;
  Clock& clock_;
  BufferOptions bounds_;
  Events pending_;
  BufferStats stats_;  // aside, dropped and newest
  std::int64_t last_id_ = 0;
  std::int64_t bytes_ = 0;
};

}  // namespace

std::unique_ptr<Buffer> make_memory_buffer(Clock& clock) { return std::make_unique<MemoryBuffer>(clock); }

}  // namespace activitytrack
