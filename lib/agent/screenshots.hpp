#pragma once

#include "agent/photographer.hpp"
#include "agent/screenshot_delivery.hpp"

#include <activitytrack/agent/agent.hpp>
#include <activitytrack/core/clock.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

namespace activitytrack {

/// When a screenshot is due. It reads no clock: a pure function of what it is told and of its random numbers.
class ScreenshotSchedule {
 public:
  static constexpr std::chrono::seconds min_between_focus{10};

  /// A moment that is noticed later than this was slept through, or stepped over by the clock.
  static constexpr std::chrono::seconds most_late{5};

  /// Gives numbers uniform over all 64 bits. A random moment is drawn when its interval begins and not
  /// before: nobody can know one of a coming interval.
  using Random = std::function<std::uint64_t()>;

  ScreenshotSchedule(AgentOptions::Screenshots::Moment when, std::chrono::seconds interval, Time now, Random random);

  /// When to ask `due` again; nullopt where only a change of focus decides.
  std::optional<Time> next() const noexcept;

  /// Whether one is due now. Each moment is due once, also when the clock was set back a little; one that was
  /// slept through or stepped over is not made up for. A change of focus too soon after the last one is due
  /// when that time is over.
  bool due(Time now, bool focus_changed);

 private:
  bool due_by_clock(Time now);
  bool due_by_focus(Time now, bool focus_changed);
  void enter(Time begin);

  AgentOptions::Screenshots::Moment when_;
  std::chrono::seconds interval_;
  Random random_;
  Time begin_{};                  ///< of the interval that is planned
  std::optional<Time> moment_{};  ///< of it; nullopt once it is over
  bool focus_waits_ = false;
  Time last_focus_ = Time::min();
};

/// The screenshots of an agent: knows when one is due, has it taken by the photographer, and sent by a
/// delivery. The one exists while they are on, the other from when there is something to send on. Used by the
/// agent's thread.
class Screenshots {
 public:
  /// What is borrowed outlives it.
  Screenshots(AgentParts::Screenshots parts, NetworkWatch& network, Clock& clock, Log& log);

  void configure(const AgentOptions& options, Time now);
  void replace_sender(std::shared_ptr<ScreenshotSender> sender);

  /// What is pending goes within seconds.
  void send_soon() {
    if (delivery_) delivery_->send_soon();
  }

  /// Nothing is taken from now on; what is under way is thrown away.
  void pause();
  void resume(Time now);

  /// When to call `advance` again; nullopt: no matter when.
  std::optional<Time> next() const;

  /// In order of time, before the `advance` that is to see it.
  void focus(const FocusSample& sample);

  /// Asks for a capture if one is due and the person is active, which is asked only then.
  void advance(Time now, const std::function<bool()>& is_active, const TimeZoneSource& zone);

  AgentStatus::Screenshots status() const;

  /// Takes nothing any more; waits for what is under way.
  void close();

  /// Sends what is pending for at most so long, and ends.
  void flush(std::chrono::milliseconds timeout);

 private:
  std::unique_ptr<Notifier> make_notifier();
  void start_schedule(Time now);
  void start_delivery();
  void retire_photographer();
  void end_retired();
  bool pending() const;
  Result<MachineKey> machine_key();

  AgentParts::Screenshots parts_;
  NetworkWatch& network_;
  Clock& clock_;
  Log& log_;
  AgentOptions::Screenshots options_;
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
