#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/desktop/desktop.hpp>

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::test {

inline Time at(std::string_view text) { return parse_timestamp(text).value(); }

inline Event event_in(const EncodedEvent& kept) { return kept.decode().value(); }

inline std::vector<EncodedEvent> encoded(const std::vector<Event>& events) {
  return std::vector<EncodedEvent>(events.begin(), events.end());
}

/// A clock that a test moves.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(std::string_view wall) : now_{at(wall), Ticks(std::chrono::hours(1))} {}

  ClockReading read() const noexcept override {
    const std::lock_guard lock(mutex_);
    return now_;
  }

  /// Time goes by.
  FakeClock& pass(std::chrono::microseconds time) {
    const std::lock_guard lock(mutex_);
    now_.wall += time, now_.ticks += time;
    return *this;
  }
  /// The machine sleeps.
  FakeClock& sleep(std::chrono::microseconds time) {
    const std::lock_guard lock(mutex_);
    now_.wall += time, now_.slept += time;
    return *this;
  }
  /// The wall clock is set, or (forward) the machine sleeps and does not know it.
  FakeClock& jump(std::chrono::microseconds time) {
    const std::lock_guard lock(mutex_);
    now_.wall += time;
    return *this;
  }
  Ticks ticks() const { return read().ticks; }

 private:
  mutable std::mutex mutex_;
  ClockReading now_;
};

/// A machine under a known load.
class FakeSystemStats final : public SystemStats {
 public:
  Reading read() override {
    ++readings;
    return {25.5, 68.25, 45.0, 4096, 8192};
  }
  int readings = 0;
};

/// A zone that a test changes.
class FakeZone final : public TimeZoneSource {
 public:
  int fd() const noexcept override { return -1; }
  bool refresh() override { return false; }
  std::string name() const override { return zone; }
  int utc_offset_min(Time) const override { return offset; }
  std::string zone = "Europe/Berlin";
  int offset = 60;
};

/// Keeps the messages.
class MemoryLog final : public Log {
 public:
  void write(Log::Level, std::string_view message, std::span<const Log::Field>) noexcept override {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(message);
  }
  int count(std::string_view part) const {
    const std::lock_guard lock(mutex_);
    int n = 0;
    for (const std::string& line : lines_) n += line.find(part) != std::string::npos;
    return n;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace activitytrack::test
