#pragma once

#include <activitytrack/buffer/buffer.hpp>
#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/desktop/notifier.hpp>
#include <activitytrack/screen/develop.hpp>
#include <activitytrack/screen/screen_source.hpp>
#include <activitytrack/seal/seal.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace activitytrack {

struct PhotographerOptions {
  std::string machine_id;
  DevelopOptions develop;
  bool each_monitor = false;
  std::vector<std::string> excluded_apps;
  bool skip_unchanged = false;  ///< what looks like the last one is told of, without a picture
  bool notify_each = false;     ///< tell the person of each capture, not of the first alone
  std::string destination;      ///< for that notice: "https://..."; "": they stay on this machine
  std::variant<PublicKey, MachineKey> seal_for;
};

/// What the person's clock shows, for the moment of a capture.
struct CaptureMoment {
  Time at{};
  std::string timezone;
  int utc_offset_min = 0;
};

struct PhotographerStatus {
  std::int64_t taken = 0;      ///< pictures in the buffer since the start
  std::int64_t unchanged = 0;  ///< of format none
  std::int64_t skipped = 0;    ///< captures that the screen's state prevented
  std::int64_t failed = 0;     ///< captures that went wrong
  std::string last_skip;       ///< why the last one was: "locked", ...
  Time last_taken = Time::min();
  std::string last_error;    ///< of the last try; empty if it went well
  std::string notice_error;  ///< why the person could not be told of the last one; empty if they were
};

/// Takes screenshots on a thread of its own: capture, develop, seal, into the buffer; then, at the first of
/// its life, at the first that is made or goes otherwise than the person was told, or at each, a notice to
/// the person. Only sealed bytes leave its memory. What goes wrong, and what
/// the screen's state prevents, is logged when it begins and not each time.
class Photographer {
 public:
  using OpenScreen = std::function<Result<std::unique_ptr<ScreenSource>>()>;

  /// `open` is called on the thread, when a picture is wanted and no screen is open. `notifier` may be null.
  /// `log` is borrowed.
  Photographer(OpenScreen open, std::shared_ptr<ScreenshotBuffer> buffer, std::unique_ptr<Notifier> notifier,
               PhotographerOptions options, Log& log);

  /// Waits for a capture under way, which is kept; one that waits for the screen to come to rest is given up.
  ~Photographer();

  /// Asks for a capture as soon as may be, and returns at once. One that is asked for while another is under
  /// way is left out.
  void take(CaptureMoment moment);

  /// From now on nothing is taken, and what is under way is thrown away; back when it is certain that nothing
  /// more reaches the buffer.
  void stop();
  /// Takes again.
  void start();

  /// When it returns, nothing reaches the buffer any more that was taken otherwise: a capture under way is
  /// thrown away. What it takes then is not compared with what it took before.
  void configure(PhotographerOptions options);

  /// Whether no capture is under way.
  bool idle() const;

  PhotographerStatus status() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace activitytrack
