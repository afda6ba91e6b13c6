#pragma once

#include <activitytrack/agent/delivery.hpp>
#include <activitytrack/agent/photographer.hpp>
#include <activitytrack/agent/sampler.hpp>
#include <activitytrack/agent/screenshot_delivery.hpp>
#include <activitytrack/agent/screenshot_schedule.hpp>
#include <activitytrack/buffer/buffer.hpp>
#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/desktop/focus_source.hpp>
#include <activitytrack/desktop/machine.hpp>
#include <activitytrack/desktop/notifier.hpp>
#include <activitytrack/input/classifier.hpp>
#include <activitytrack/input/input_source.hpp>
#include <activitytrack/screen/screen_source.hpp>
#include <activitytrack/sender/sender.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace activitytrack {

/// The parts that screenshots need.
struct ScreenshotParts {
  Photographer::OpenScreen open_screen;                      ///< empty: none are taken
  std::function<std::unique_ptr<Notifier>()> make_notifier;  ///< empty: the person is not told
  std::shared_ptr<ScreenshotBuffer> buffer;                  ///< null: none are taken, and none sent
  std::shared_ptr<ScreenshotSender> sender;                  ///< null: they stay in the buffer
  /// What those without a public key are opened with, unless the agent seals with such a key itself: then by
  /// that.
  ScreenshotDelivery::OpenMachineKey machine_key;
};

/// The parts an agent is made of. Every part is replaceable: this is the one place where they meet.
struct AgentParts {
  /// Opens input, or focus; called again, with growing waits up to 30 s, when the display went away. Either
  /// may be empty: nothing of that kind is collected.
  std::function<Result<std::unique_ptr<InputSource>>()> open_input;
  std::function<Result<std::unique_ptr<FocusSource>>()> open_focus;

  /// Opens what tells whether the session is locked, for the classifier; looked at while there is input
  /// alone. May be empty.
  std::function<Result<std::unique_ptr<LockSource>>()> open_lock;

  std::unique_ptr<Classifier> classifier;
  std::unique_ptr<SystemStats> system;
  std::unique_ptr<TimeZoneSource> zone;
  std::shared_ptr<Buffer> buffer;
  std::shared_ptr<Sender> sender;  ///< null: events stay in the buffer
  ScreenshotParts screenshots{};
};

/// Screenshots are taken while the person is active alone, and never while the agent is paused.
struct ScreenshotOptions {
  bool on = false;
  ScreenshotRhythm rhythm{};
  PhotographerOptions photographer{};
};

struct AgentOptions {
  SamplerOptions sampler;
  std::chrono::seconds send_interval{300};
  std::string version{};  ///< of the program, for the server
  ScreenshotOptions screenshots{};
};

struct ScreenshotsStatus {
  bool on = false;                  ///< whether they can be taken at all
  PhotographerStatus photographer;  ///< since they were switched on
  ScreenshotBufferStats buffer;
  DeliveryStatus delivery;  ///< where they are sent
};

/// What a running agent does, for the person it counts and for `activitytrack-agent status`.
struct AgentStatus {
  Event interval;  ///< counts of the present interval, so far
  bool paused = false;
  std::optional<Time> paused_until;  ///< absent: until resumed
  std::string display;               ///< "connected", or why there is none
  BufferStats buffer;
  std::int64_t collected = 0;       ///< events on disk since the start
  std::string buffer_error;         ///< why the last append failed; empty if it did not
  std::int64_t waiting = 0;         ///< events kept in memory because the buffer cannot take them
  Time last_success = Time::min();  ///< when the server last answered
  std::string send_error;
  std::int64_t sent = 0;
  std::int64_t rejected = 0;
  ScreenshotsStatus screenshots;
};

/// Collects, buffers and sends. One thread uses it; it waits on nothing by itself but in `stop`:
///
///     auto agent = Agent::start(std::move(parts), options, system_clock(), log);
///     while (running) { wait_until_readable(agent->fd()); agent->dispatch(); }
///     agent->stop(5s);
///
/// At rest `fd()` becomes readable once an interval; while there is input, at most once in two seconds.
class Agent {
 public:
  /// `clock` and `log` are borrowed and outlive the agent.
  static Result<std::unique_ptr<Agent>> start(AgentParts parts, AgentOptions options, Clock& clock, Log& log);
  ~Agent();

  int fd() const noexcept;

  /// Does what is due, without blocking on anything but the disk.
  void dispatch();

  /// Stops collecting; with `duration`, until then. A screenshot under way is thrown away.
  void pause(std::optional<std::chrono::minutes> duration);
  void resume();

  /// New options are in force when this returns.
  void configure(AgentOptions options);

  /// Sends to another place from now on; null: events stay in the buffer.
  void replace_sender(std::shared_ptr<Sender> sender);
  void replace_screenshot_sender(std::shared_ptr<ScreenshotSender> sender);

  AgentStatus status();

  /// In this order: closes the sources, puts the last interval into the buffer, sends the events that are
  /// pending, waits for a screenshot under way, sends screenshots, closes. Sending takes at most `flush`;
  /// what was not sent stays in the buffer.
  void stop(std::chrono::milliseconds flush);

 private:
  struct State;
  explicit Agent(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace activitytrack
