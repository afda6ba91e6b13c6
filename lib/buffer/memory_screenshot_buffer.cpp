#include <activitytrack/buffer/buffer.hpp>

#include <map>
#include <mutex>
#include <utility>

namespace activitytrack {
namespace {

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

  Result<ScreenshotBufferStats> stats() override {
    const std::lock_guard lock(mutex_);
    return ScreenshotBufferStats{static_cast<std::int64_t>(pending_.size()), static_cast<std::int64_t>(aside_.size()),
                                 dropped_, bytes_};
  }

  void set_bounds(std::chrono::hours max_age, std::int64_t max_bytes) override {
    const std::lock_guard lock(mutex_);
    bounds_.max_age = max_age;
    bounds_.max_bytes = max_bytes;
  }

 private:
  struct Held {
    Screenshot screenshot;
    std::string sealed;
  };
  using Key = std::pair<std::string, std::string>;  // id, machine
  using Kept = std::map<Key, Held>;

  static Key key_of(const Screenshot& s) { return {s.id, s.machine_id}; }
  static std::int64_t size_of(std::string_view bytes) { return static_cast<std::int64_t>(bytes.size()); }

  void enforce_bounds() {
    for (Kept* kept : {&aside_, &pending_}) {
      while (!kept->empty()) {
        const Held& oldest = kept->begin()->second;
        if (bytes_ <= bounds_.max_bytes && clock_.now() - oldest.screenshot.taken_at <= bounds_.max_age) break;
        bytes_ -= size_of(oldest.sealed);
        kept->erase(kept->begin());
        ++dropped_;
      }
    }
  }

  std::mutex mutex_;
  Clock& clock_;
  ScreenshotBufferOptions bounds_;
  Kept pending_, aside_;
  std::int64_t dropped_ = 0;
  std::int64_t bytes_ = 0;
};

}  // namespace

std::unique_ptr<ScreenshotBuffer> make_memory_screenshot_buffer(Clock& clock) {
  return std::make_unique<MemoryScreenshotBuffer>(clock);
}

}  // namespace activitytrack
