#pragma once

#include "core/worker.hpp"
#include "screen/picture.hpp"

#include <activitytrack/agent/agent.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace activitytrack {

struct PhotographerOptions : AgentOptions::Screenshots {
  std::string machine_id{};
};

/// What the person's clock shows, for the moment of a capture.
struct CaptureMoment {
  Time at{};
  std::string timezone;
  int utc_offset_min = 0;
};

struct ScreenshotNotice {
  std::string title, text;

  friend bool operator==(const ScreenshotNotice&, const ScreenshotNotice&) = default;
};

/// What the notice to the person says when a screenshot was taken: how it was obscured, who can open it, where it goes.
ScreenshotNotice screenshot_notice(const PhotographerOptions& options);

/// What goes into the buffer.
struct SealedScreenshot {
  Screenshot about;
  std::string sealed;  ///< empty of format none
};

/// Makes sealed screenshots of what the screen showed, and remembers the last one of each monitor.
class Darkroom {
 public:
  explicit Darkroom(PhotographerOptions options) : options_(std::move(options)) {}

  const PhotographerOptions& options() const noexcept { return options_; }

  /// Changes the picture's pixels. Erases what it makes of it on the way.
  Result<SealedScreenshot> develop(const ScreenSource::Picture& picture, const CaptureMoment& moment);

  /// It was stored: later ones are compared with it.
  void stored(const Screenshot& screenshot);

  /// Later ones are not compared any more with those that `buffer` has lost: dropped, or put aside.
  void forget_lost(ScreenshotBuffer& buffer);

 private:
  struct Look {
    PerceptualHash hash{};
    int screen_width = 0, screen_height = 0;
    Screenshot shot;  ///< that has this look
  };

  /// The stored one that looks like the present one; null if there is none.
  const Screenshot* same_look(const std::string& monitor) const;
  void seal_for_receiver(std::string_view jpeg, SealedScreenshot& into) const;

  PhotographerOptions options_;
  Look present_;                                   ///< of the one that was developed last
  std::map<std::string, Look, std::less<>> last_;  ///< stored, by monitor
  std::int64_t lost_ = 0;                          ///< screenshots ever, when that was looked at last
};

/// Takes screenshots on a thread of its own: capture, develop, seal, into the buffer; then, at the first of
/// its life, at the first that is made or goes otherwise than the last notice said, or at each, a notice to
/// the person. Only sealed bytes leave its memory. What goes wrong, and what the screen's state prevents, is
/// logged when it begins and not each time. Its end waits for a capture under way, which is kept; one that
/// waits for the screen to come to rest is given up.
class Photographer {
 public:
  using OpenScreen = std::function<Result<std::unique_ptr<ScreenSource>>()>;

  /// `open` is called on the thread, when a picture is wanted and no screen is open. `notifier` may be null.
  /// `log` is borrowed.
  Photographer(OpenScreen open, std::shared_ptr<ScreenshotBuffer> buffer, std::unique_ptr<Notifier> notifier,
               PhotographerOptions options, Log& log);

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

  /// All that it knows of: not the buffer, nor how they are sent.
  AgentStatus::Screenshots status() const;

 private:
  bool step(Worker::Lock& lock);
  void take_over(PhotographerOptions options);
  Result<void> capture(const CaptureMoment& moment);
  Result<void> rest(std::chrono::milliseconds time);
  Result<void> keep(const ScreenSource::Picture& picture, const CaptureMoment& moment);
  bool was_stopped() const;
  void taken(const CaptureMoment& moment);
  void notify();
  void skipped(ScreenSource::State why);
  void failed(const Error& error);

  const OpenScreen open_;
  const std::shared_ptr<ScreenshotBuffer> buffer_;
  const std::unique_ptr<Notifier> notifier_;
  Log& log_;

  // Shared with the thread.
  std::optional<PhotographerOptions> configured_;  // not yet taken over
  std::optional<CaptureMoment> wanted_;
  AgentStatus::Screenshots status_;
  bool busy_ = false;
  bool stopped_ = false;
  std::uint64_t stops_ = 0;  // a capture that began before the last one is thrown away

  std::mutex storing_;  // held while a screenshot goes into the buffer

  // Of the thread only.
  Darkroom darkroom_;
  std::unique_ptr<ScreenSource> screen_;
  std::uint64_t begun_after_ = 0;  // `stops_` when the present capture began
  bool picture_failed_ = false;    // the present capture failed with its picture, not with the screen
  bool kept_some_ = false;         // the present capture put something into the buffer
  bool notified_ = false;
  std::string told_;         // what was last logged of what prevents captures
  std::string told_notice_;  // likewise of notices

  Worker worker_;  // last: its thread uses the others
};

}  // namespace activitytrack
