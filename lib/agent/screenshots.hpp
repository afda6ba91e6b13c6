#pragma once

#include <activitytrack/agent/agent.hpp>
#include <activitytrack/agent/photographer.hpp>
#include <activitytrack/agent/screenshot_delivery.hpp>

#include <functional>
#include <mutex>
#include <optional>
#include <vector>

namespace activitytrack {

/// The screenshots of an agent: knows when one is due, has it taken by the photographer, and sent by a
/// delivery. The one exists while they are on, the other from when there is something to send on. Used by the
/// agent's thread.
class Screenshots {
 public:
  Screenshots(ScreenshotParts parts, Clock& clock, Log& log);

  void configure(const ScreenshotOptions& options, std::chrono::seconds send_interval, Time now);
  void replace_sender(std::shared_ptr<ScreenshotSender> sender);

  /// Nothing is taken from now on; what is under way is thrown away.
  void pause();
  void resume(Time now);

  /// When to call `advance` again; nullopt: no matter when.
  std::optional<Time> next() const;

  /// In order of time, before the `advance` that is to see it.
  void focus(const FocusSample& sample);

  /// Asks for a capture if one is due and the person is active, which is asked only then.
  void advance(Time now, const std::function<bool()>& is_active, const TimeZoneSource& zone);

  ScreenshotsStatus status() const;

  /// Takes nothing any more; waits for what is under way.
  void close();

  /// Sends what is pending for at most so long, and ends.
  void flush(std::chrono::milliseconds timeout);

 private:
  void start_schedule(Time now);
  void start_delivery();
  void retire_photographer();
  void end_retired();
  bool pending() const;
  Result<MachineKey> machine_key();

  ScreenshotParts parts_;
  Clock& clock_;
  Log& log_;
  ScreenshotOptions options_;
  std::chrono::seconds send_interval_{};
  bool paused_ = false;
  std::optional<ScreenshotSchedule> schedule_;          // while screenshots are on
  std::unique_ptr<Photographer> photographer_;          // likewise
  std::vector<std::unique_ptr<Photographer>> retired_;  // switched off in a capture that has not ended yet
  std::mutex key_mutex_;
  std::optional<MachineKey> key_;       // that was sealed with last; guarded by it
  std::optional<FocusSample> focused_;  // an application's window
  bool focus_changed_ = false;
  std::unique_ptr<ScreenshotDelivery> delivery_;  // last: its thread uses the others
};

}  // namespace activitytrack
