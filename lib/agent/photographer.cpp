#include <activitytrack/agent/photographer.hpp>

#include "agent/darkroom.hpp"
#include "agent/screenshot_notice.hpp"

#include <condition_variable>
#include <mutex>
#include <new>
#include <optional>
#include <thread>
#include <utility>

namespace activitytrack {
namespace {

/// What ends a capture that was stopped; nobody is told of it.
const Error stopped_error{ErrorCode::unavailable, "stopped"};

}  // namespace

struct Photographer::State {
  OpenScreen open;
  std::shared_ptr<ScreenshotBuffer> buffer;
  std::unique_ptr<Notifier> notifier;
  Log& log;

  mutable std::mutex mutex;  // guards what follows, up to `storing`
  std::condition_variable wake;
  std::optional<PhotographerOptions> configured;  // not yet taken over
  std::optional<CaptureMoment> wanted;
  PhotographerStatus status;
  bool busy = false;
  bool stopped = false;
  bool ending = false;
  std::uint64_t stops = 0;  // a capture that began before the last one is thrown away

  std::mutex storing;  // held while a screenshot goes into the buffer

  // Of the thread alone.
  Darkroom darkroom;
  std::unique_ptr<ScreenSource> screen;
  std::uint64_t begun_after = 0;  // `stops` when the present capture began
  bool picture_failed = false;    // the present capture failed with its picture, not with the screen
  bool kept_some = false;         // the present capture put something into the buffer
  bool notified = false;
  std::string told;         // what the log was told last of what prevents captures
  std::string told_notice;  // likewise of notices
  std::thread thread;

  State(OpenScreen o, std::shared_ptr<ScreenshotBuffer> b, std::unique_ptr<Notifier> n, PhotographerOptions options,
        Log& l)
      : open(std::move(o)), buffer(std::move(b)), notifier(std::move(n)), log(l), darkroom(std::move(options)) {}

  void run() {
    std::unique_lock lock(mutex);
    for (;;) {
      wake.wait(lock, [this] { return ending || wanted; });
      if (ending) return;
      const CaptureMoment moment = *std::exchange(wanted, std::nullopt);
      if (configured) take_over(*std::exchange(configured, std::nullopt));
      begun_after = stops;
      busy = true;
      lock.unlock();
      take(moment);
      lock.lock();
      busy = false;
    }
  }

  /// The person is told anew where what they were told is no longer so.
  void take_over(PhotographerOptions options) {
    if (screenshot_notice(options) != screenshot_notice(darkroom.options())) notified = false;
    darkroom = Darkroom(std::move(options));
  }

  void take(const CaptureMoment& moment) {
    if (!screen) {
      auto opened = open();
      if (!opened) return failed(opened.error());
      screen = std::move(*opened);
    }
    picture_failed = kept_some = false;
    const PhotographerOptions& options = darkroom.options();
    const CaptureRequest request{wants_quarter(options.develop), options.each_monitor, options.excluded_apps,
                                 [this](std::chrono::milliseconds time) { return rest(time); }};
    const Result<ScreenState> state = capture(request, moment);
    if (kept_some) taken(moment);  // also if it failed with a later monitor: the person is told
    if (!state) {
      if (!picture_failed) screen.reset();  // opened anew by the next one
      return failed(state.error());
    }
    if (*state != ScreenState::visible) return skipped(*state);
    told.clear();
  }

  /// A screen may be too large for the memory that is left.
  Result<ScreenState> capture(const CaptureRequest& request, const CaptureMoment& moment) try {
    return screen->capture(request, [&](const ScreenPicture& picture) { return keep(picture, moment); });
  } catch (const std::bad_alloc&) {
    return Error{ErrorCode::unavailable, "there is no memory left for a picture of this screen"};
  }

  /// A capture that waits for the screen is given up when it is stopped, and at the end.
  Result<void> rest(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex);
    const bool given_up = wake.wait_for(lock, time, [this] { return ending || stops != begun_after; });
    picture_failed = given_up;
    return given_up ? Result<void>(stopped_error) : Result<void>();
  }

  Result<void> keep(const ScreenPicture& picture, const CaptureMoment& moment) {
    const Result<void> kept = store(picture, moment);
    picture_failed = !kept;
    return kept;
  }

  Result<void> store(const ScreenPicture& picture, const CaptureMoment& moment) {
    if (was_stopped()) return stopped_error;
    if (darkroom.options().skip_unchanged) darkroom.forget_lost(*buffer);
    const Result<SealedScreenshot> made = darkroom.develop(picture, moment);
    if (!made) return made.error();
    const std::lock_guard lock(storing);
    if (was_stopped()) return stopped_error;
    if (const Result<void> stored = buffer->append(made->about, made->sealed); !stored) return stored;
    kept_some = true;
    darkroom.stored(made->about);
    count(made->about);
    return {};
  }

  bool was_stopped() const {
    const std::lock_guard lock(mutex);
    return stops != begun_after;
  }

  void count(const Screenshot& about) {
    const std::lock_guard lock(mutex);
    ++(about.format == ScreenshotFormat::none ? status.unchanged : status.taken);
  }

  void taken(const CaptureMoment& moment) {
    {
      const std::lock_guard lock(mutex);
      status.last_taken = moment.at;
      status.last_error.clear();
    }
    log.debug("screenshot taken");
    if (notifier && (!notified || darkroom.options().notify_each)) notify();
  }

  /// A first notice that did not get through is tried again with the next capture.
  void notify() {
    const ScreenshotNotice notice = screenshot_notice(darkroom.options());
    const Result<void> shown = notifier->notify(notice.title, notice.text);
    notified = notified || shown;
    const std::string error = shown ? "" : shown.error().message;
    if (error != std::exchange(told_notice, error) && !shown) {
      log.warning("cannot notify of screenshots", {{"error", std::string_view(error)}});
    }
    const std::lock_guard lock(mutex);
    status.notice_error = error;
  }

  void skipped(ScreenState why) {
    const std::string_view word = to_string(why);
    {
      const std::lock_guard lock(mutex);
      ++status.skipped;
      status.last_skip = word;
      status.last_error.clear();
    }
    if (std::exchange(told, word) != word) log.info("no screenshots for now", {{"screen", word}});
  }

  void failed(const Error& error) {
    if (was_stopped() || error == stopped_error) return;
    {
      const std::lock_guard lock(mutex);
      ++status.failed;
      status.last_error = error.message;
    }
    if (std::exchange(told, error.message) != error.message) {
      log.warning("cannot take a screenshot; will try again when the next one is due",
                  {{"error", std::string_view(error.message)}});
    }
  }
};

Photographer::Photographer(OpenScreen open, std::shared_ptr<ScreenshotBuffer> buffer,
                           std::unique_ptr<Notifier> notifier, PhotographerOptions options, Log& log)
    : state_(
          std::make_unique<State>(std::move(open), std::move(buffer), std::move(notifier), std::move(options), log)) {
  state_->thread = std::thread([state = state_.get()] { state->run(); });
}

Photographer::~Photographer() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->ending = true;
  }
  state_->wake.notify_all();
  state_->thread.join();
}

void Photographer::take(CaptureMoment moment) {
  const std::lock_guard lock(state_->mutex);
  if (state_->stopped || state_->busy) return;
  state_->wanted = std::move(moment);
  state_->wake.notify_all();
}

void Photographer::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopped = true;
    ++state_->stops;
    state_->wanted.reset();
  }
  state_->wake.notify_all();
  const std::lock_guard nothing_is_being_stored(state_->storing);
}

void Photographer::start() {
  const std::lock_guard lock(state_->mutex);
  state_->stopped = false;
}

void Photographer::configure(PhotographerOptions options) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->configured = std::move(options);
    ++state_->stops;
  }
  const std::lock_guard nothing_is_being_stored(state_->storing);
}

bool Photographer::idle() const {
  const std::lock_guard lock(state_->mutex);
  return !state_->busy && !state_->wanted;
}

PhotographerStatus Photographer::status() const {
  const std::lock_guard lock(state_->mutex);
  return state_->status;
}

}  // namespace activitytrack
