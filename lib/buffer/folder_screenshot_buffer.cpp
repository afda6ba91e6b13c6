#include <activitytrack/buffer/buffer.hpp>

#include "buffer/screenshot_folder.hpp"

#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace activitytrack {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours log_pause{1};

class FolderScreenshotBuffer final : public ScreenshotBuffer {
 public:
  FolderScreenshotBuffer(const fs::path& folder, BufferBounds bounds, Clock& clock, Log& log)
      : bounds_(bounds), pending_(folder), aside_(folder / "aside"), clock_(clock), log_(log) {}

  Result<void> open() {
    for (ScreenshotFolder* part : {&pending_, &aside_}) {
      if (const auto opened = part->open(); !opened) return opened;
    }
    dropped_ = pending_.read_count();
    return {};
  }

  Result<void> append(const Screenshot& screenshot, std::string_view sealed) override {
    const std::lock_guard lock(mutex_);
    for (ScreenshotFolder* part : {&pending_, &aside_}) {
      if (const auto made = part->make(); !made) return made;
    }
    if (const auto written = pending_.write(screenshot, sealed); !written) return written;
    enforce_bounds();
    return {};
  }

  Result<std::vector<Screenshot>> pending(std::size_t count, std::string_view after) override {
    const std::lock_guard lock(mutex_);
    const auto names = pending_.names(after);
    if (!names) return names.error();
    std::vector<Screenshot> found;
    std::optional<Error> unreadable;
    for (const std::string& name : *names) {
      if (found.size() == count) break;
      Result<Screenshot> screenshot = read_screenshot_head(pending_.path() / name);
      if (screenshot) {
        found.push_back(std::move(*screenshot));
      } else if (is_damage(screenshot.error())) {
        put_damaged_aside(name, screenshot.error());
      } else {
        unreadable = screenshot.error();
      }
    }
    // One that cannot be read just now (no descriptor left, a bad sector) must not hold up the others.
    if (found.empty() && unreadable) return *unreadable;
    return found;
  }

  Result<std::string> read(const Screenshot& screenshot) override {
    const std::lock_guard lock(mutex_);
    return read_screenshot_bytes(pending_.path() / screenshot_file_name(screenshot));
  }

  Result<void> settle(const Screenshot& screenshot, std::string_view rejection) override {
    const std::lock_guard lock(mutex_);
    const std::string name = screenshot_file_name(screenshot);
    if (rejection.empty()) return pending_.remove(name);
    return pending_.move(name, aside_, rejection);
  }

  Result<BufferStats> stats() override {
    const std::lock_guard lock(mutex_);
    BufferStats stats;
    stats.pending = pending_.count();
    stats.aside = aside_.count();
    stats.dropped = dropped_;
    stats.bytes = pending_.bytes() + aside_.bytes();
    return stats;
  }

  void set_bounds(BufferBounds bounds) override {
    const std::lock_guard lock(mutex_);
    bounds_ = bounds;
  }

 private:
  static bool is_damage(const Error& error) {
    return error.code == ErrorCode::corrupt || error.code == ErrorCode::invalid_input;
  }

  void put_damaged_aside(const std::string& name, const Error& why) {
    const Result<void> moved = pending_.move(name, aside_, why.message);
    if (moved) {
      stuck_.erase(name);
      log_.warning("a screenshot is damaged; it is put aside", {{"error", std::string_view(why.message)}});
    } else if (stuck_.insert(name).second) {
      log_.warning("a screenshot is damaged, and cannot be put aside",
                   {{"error", std::string_view(moved.error().message)}});
    }
  }

  void enforce_bounds() {
    const std::int64_t before = dropped_;
    drop_from(aside_);
    drop_from(pending_);
    if (dropped_ == before && !count_owed_) return;
    count_owed_ = !pending_.write_count(dropped_);  // on a full disk it is written with the next one
    tell_of_drops();
  }

  void drop_from(ScreenshotFolder& part) {
    const auto names = part.names({});
    if (!names) return;
    for (const std::string& name : *names) {
      if (bounds_.hold(pending_.bytes() + aside_.bytes(), part.taken_at(name), clock_.now())) return;
      if (!part.remove(name)) return;
      ++dropped_;
    }
  }

  void tell_of_drops() {
    const Ticks now = clock_.read().ticks;
    if (dropped_ == told_ || (told_at_ != Ticks::min() && now - told_at_ < log_pause)) return;
    log_.warning("screenshots that wait take too much room, or wait too long; the oldest are dropped",
                 {{"dropped_ever", dropped_}});
    told_ = dropped_;
    told_at_ = now;
  }

  std::mutex mutex_;
  BufferBounds bounds_;
  ScreenshotFolder pending_, aside_;
  Clock& clock_;
  Log& log_;
  std::int64_t dropped_ = 0;     // ever
  bool count_owed_ = false;      // `dropped_` is not on the disk yet
  std::set<std::string> stuck_;  // damaged ones that could not be put aside: the log knows of them
  std::int64_t told_ = 0;
  Ticks told_at_ = Ticks::min();
};

}  // namespace

Result<std::unique_ptr<ScreenshotBuffer>> make_folder_screenshot_buffer(const fs::path& folder, Clock& clock, Log& log,
                                                                        BufferBounds bounds) {
  auto buffer = std::make_unique<FolderScreenshotBuffer>(folder, bounds, clock, log);
  if (const auto opened = buffer->open(); !opened) return opened.error();
  return std::unique_ptr<ScreenshotBuffer>(std::move(buffer));
}

}  // namespace activitytrack
