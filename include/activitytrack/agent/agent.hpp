#pragma once

#include <activitytrack/agent/sampler.hpp>
#include <activitytrack/buffer/buffer.hpp>
#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/desktop/desktop.hpp>
#include <activitytrack/input/classifier.hpp>
#include <activitytrack/input/input_source.hpp>
#include <activitytrack/screen/develop.hpp>
#include <activitytrack/screen/screen_source.hpp>
#include <activitytrack/seal/seal.hpp>
#include <activitytrack/sender/sender.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace activitytrack {

// Threads
//
// The members of an Agent are called by one thread at a time, and by none of its parts. An agent has threads of its
// own, and calls its parts on these:
//
//     the thread that calls Agent   open_input, open_focus, open_lock and what they open; Classifier, SystemStats,
//                                   TimeZoneSource, SleepSource; on_event; make_notifier; Buffer::append and stats;
//                                   ScreenshotBuffer::stats; `cancel` of the senders; the destructors of all parts
//     one that sends events         Buffer::pending and settle; Sender::send; on_answer; SleepHold::release
//     one that takes screenshots    open_screen and the ScreenSource; Notifier; ScreenshotBuffer; the destructor of a
//                                   ScreenSource that failed
//     one that sends them           machine_key; ScreenshotBuffer; ScreenshotSender::send
//
// So Buffer, ScreenshotBuffer, Clock and Log are called from several threads at once, each other part from one at a
// time. The thread that sends events exists while there is a sender; the one that takes screenshots, while they are on;
// the one that sends them, where there is a sender and they are on, or some were pending when it could have begun.
//
// Whatever a part throws is caught where it is called, and counts as a failure of that part, as if it had returned an
// error; one that has no errors to return is logged, and what it would have said is left out. What an exception's
// what() says is logged and is in the status: it must hold no window title, credential or key. A destructor must not
// throw.

/// The parts an agent is made of. Each is replaceable, and each may be left out.
struct AgentParts {
  /// The parts that screenshots need.
  struct Screenshots {
    std::function<Result<std::unique_ptr<ScreenSource>>()> open_screen;  ///< empty: none are taken
    std::function<std::unique_ptr<Notifier>()> make_notifier;            ///< empty, or null: the person is not notified
    std::shared_ptr<ScreenshotBuffer> buffer;                            ///< null: none are taken, and none sent
    std::shared_ptr<ScreenshotSender> sender;                            ///< null: they stay in the buffer

    /// Gives what those without a public key are opened with, unless the agent seals with such a key itself: then that
    /// is used. `not_found`: the key is gone for good, and they are put aside. Empty: they stay in the buffer.
    std::function<Result<MachineKey>()> machine_key;
  };

  /// The boot of the machine that the latest event is of, so that the next start knows whether the machine was off.
  struct Boot {
    std::string id{};    ///< of this boot; "": not known
    std::string file{};  ///< keeps it, beside the buffer; "": it is not kept
  };

  /// Opens input, or focus; called again, with growing waits up to 30 s, when the display went away. While input is not
  /// open there are no events: what cannot be seen is no idleness. Where the focus alone is not open, events have no
  /// application. Empty: nothing of that kind is collected; without open_input each interval is idle.
  std::function<Result<std::unique_ptr<InputSource>>()> open_input;
  std::function<Result<std::unique_ptr<FocusSource>>()> open_focus;

  /// Opens what says whether the session is locked, for the classifier; it is asked only while there is input. Empty:
  /// the session is never locked.
  std::function<Result<std::unique_ptr<LockSource>>()> open_lock;

  std::unique_ptr<Classifier> classifier;  ///< null: make_device_classifier()
  std::unique_ptr<SystemStats> system;     ///< null: none
  std::unique_ptr<TimeZoneSource> zone;    ///< null: make_system_time_zone()
  std::unique_ptr<SleepSource> sleep;      ///< null: a sleep of the machine is seen only after it
  Boot boot{};
  std::shared_ptr<Buffer> buffer;  ///< null: the latest 16 MiB of events, in memory
  std::shared_ptr<Sender> sender;  ///< null: events stay in the buffer

  /// Sees each event that has ended, right after it was put into the buffer (or would have been, had that failed).
  std::function<void(const Event&)> on_event;

  /// Sees each answer by which a batch was settled, once what it says of the events is in the buffer.
  std::function<void(const BatchAnswer&)> on_answer{};

  Screenshots screenshots{};
};

struct AgentOptions {
  /// Screenshots are taken only while the person is active, and never while the agent is paused. The limits are checked
  /// where they are on.
  struct Screenshots {
    enum class Moment {
      interval,  ///< at each multiple of the interval on the clock
      random,    ///< once in each interval, at a moment that nobody can foresee
      focus,     ///< when another window gets the focus, at most once in 10 s
    };

    bool on = false;
    Moment moment = Moment::interval;
    std::chrono::seconds interval = std::chrono::minutes(5);  ///< at least 1 s
    DevelopOptions develop{};
    bool each_monitor = false;
    std::vector<std::string> excluded_apps{};  ///< see ScreenSource::Request
    bool skip_unchanged = false;               ///< of what looks like the last one there is no picture, only a record
    bool notify_each = false;                  ///< the person is notified of each, not only of the first
    std::string destination{};                 ///< for that notice: "https://..."; "": they stay on this machine
    std::variant<PublicKey, MachineKey> seal_for{};  ///< not all zeros
  };

  Sampler::Options sampler;  ///< machine_id has 1 to 128 bytes; the interval is at least 1 s, idle_after not negative
  /// At least 1 s. What waits is sent within seconds, all the same, after a start (with each of its first three events,
  /// of which the first ends after 2 s), after a sleep of the machine, and when its network is there again.
  std::chrono::seconds send_interval{300};
  std::string version{};  ///< of the program, for the server
  Screenshots screenshots{};
};

/// What a running agent does, for the person it counts and for `activitytrack-agent status`.
struct AgentStatus {
  /// How sending goes: of events, or of screenshots.
  struct Delivery {
    Time last_success = Time::min();  ///< when the receiver last answered
    std::string last_error;           ///< of the last try; empty if it succeeded
    std::int64_t sent = 0;            ///< settled since the start
    std::int64_t rejected = 0;        ///< of these, refused by the receiver
    int failures = 0;                 ///< tries in a row that failed
  };

  struct Screenshots {
    bool on = false;  ///< whether they can be taken at all

    // Since they were switched on.
    std::int64_t taken = 0;         ///< pictures in the buffer
    std::int64_t unchanged = 0;     ///< records without a picture
    std::int64_t skipped = 0;       ///< captures that the screen's state prevented
    std::int64_t failed = 0;        ///< captures that went wrong
    std::string last_skip;          ///< why the last one was: "locked", ...
    Time last_taken = Time::min();  ///< the last picture or record
    std::string last_error;         ///< of the last try; empty if it went well
    std::string notice_error;       ///< why the person could not be notified of the last one; empty if they were

    BufferStats buffer;
    Delivery delivery;
  };

  Event interval;            ///< counts of the present interval, so far
  std::optional<Gap> gap;    ///< why nothing is observed now: paused, asleep, blind or stopped; absent: it is
  Time since = Time::min();  ///< when that, or observing, began
  bool paused = false;
  std::optional<Time> paused_until;  ///< absent: until resumed
  std::string display;               ///< "connected", or why there is none
  BufferStats buffer;
  std::int64_t collected = 0;  ///< events on disk since the start
  std::string buffer_error;    ///< why the last append failed; empty if it did not
  std::int64_t waiting = 0;    ///< events kept in memory because the buffer cannot take them
  Delivery delivery;
  Screenshots screenshots;
};

/// Collects, buffers and sends. It waits on nothing by itself but in `stop`:
///
///     auto agent = Agent::start(std::move(parts), options, system_clock(), log);
///     while (running) { wait_until_readable(agent->fd()); agent->dispatch(); }
///     agent->stop(5s);
///
/// At rest `fd()` becomes readable once an interval; while there is input, at most once in two seconds; with a source
/// that has no descriptor, as often as that one is to be drained.
class Agent {
 public:
  /// `clock` and `log` are borrowed and outlive the agent. `invalid_input` says which option is wrong, and what it may
  /// be; another code, which descriptor or thread the system did not give (`unavailable`: there are too many now).
  static Result<std::unique_ptr<Agent>> start(AgentParts parts, AgentOptions options, Clock& clock, Log& log);
  ~Agent();

  int fd() const noexcept;

  /// Does what is due, without blocking on anything but the disk.
  void dispatch();

  /// Stops collecting; with `duration`, until then. The pause is reported to the server at once. A screenshot under way
  /// is thrown away.
  void pause(std::optional<std::chrono::minutes> duration);
  void resume();

  /// New options are in force when this returns. Wrong ones are refused (`invalid_input`), and those before stay. With
  /// another code they are in force, but the system gave no thread to take screenshots or to send them: the next call
  /// tries again. After `stop`: `unavailable`.
  Result<void> configure(AgentOptions options);

  /// Sends to another place from now on; null: events, or screenshots, stay in the buffer. On an error the system gave
  /// no thread to send on, and they stay there until another call succeeds.
  Result<void> replace_sender(std::shared_ptr<Sender> sender);
  Result<void> replace_screenshot_sender(std::shared_ptr<ScreenshotSender> sender);

  /// What goes along with each batch from now on about the configuration that a server gave.
  void say(AgentConfiguration configuration);

  /// After `stop`: what was so at its end.
  AgentStatus status();

  /// In this order: closes the sources, puts the last interval into the buffer, sends the events that are
  /// pending and that the agent stops, waits for a screenshot under way, sends screenshots, closes. Sending takes at
  /// most `flush`; what was not sent stays in the buffer. Nothing begins anew after it.
  void stop(std::chrono::milliseconds flush);

 private:
  struct State;
  explicit Agent(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace activitytrack
