#include "agent/photographer.hpp"

#include "agent/given_parts.hpp"
#include "seal/sodium.hpp"

#include <utility>

namespace activitytrack {
namespace {

/// What ends a capture that was stopped; it is no failure.
const Error stopped_error{ErrorCode::unavailable, "stopped"};

/// In so many of 256 bits two pictures may differ and still show the same: a blinking cursor, a clock's
/// minute.
constexpr int most_bits_of_same_look = 3;

Screenshot describe(const ScreenSource::Picture& picture, const CaptureMoment& moment, const std::string& machine_id) {
  Screenshot about;
  about.machine_id = machine_id;
  about.id = screenshot_id(moment.at, picture.index);
  about.taken_at = moment.at;
  about.timezone = moment.timezone;
  about.utc_offset_min = moment.utc_offset_min;
  about.monitor = picture.monitor;
  return about;
}

/// Sets a flag, and takes it back with the lock held, whatever is thrown meanwhile.
class Busy {
 public:
  Busy(bool& flag, Worker::Lock& lock) : flag_(flag), lock_(lock) { flag_ = true; }
  ~Busy() {
    if (!lock_.owns_lock()) lock_.lock();
    flag_ = false;
  }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  bool& flag_;
  Worker::Lock& lock_;
};

std::string_view obscured(DevelopOptions::Obscuring by) {
  switch (by) {
    case DevelopOptions::Obscuring::blur:
      return "It is blurred";
    case DevelopOptions::Obscuring::pixels:
      return "It is made of coarse squares";
    case DevelopOptions::Obscuring::none:
      break;
  }
  return "It is not blurred";
}

}  // namespace

ScreenshotNotice screenshot_notice(const PhotographerOptions& options) {
  ScreenshotNotice notice{"A screenshot was taken", std::string(obscured(options.develop.obscuring))};
  notice.text += std::holds_alternative<PublicKey>(options.seal_for)
                     ? " and sealed: only who holds the private key can open it."
                     : " and not sealed: who receives it can look at it.";
  notice.text +=
      options.destination.empty() ? " It stays on this computer." : " It goes to " + options.destination + ".";
  if (!options.notify_each) notice.text += " More are taken while you are active, without a notice.";
  return notice;
}

Result<SealedScreenshot> Darkroom::develop(const ScreenSource::Picture& picture, const CaptureMoment& moment) {
  SealedScreenshot made{describe(picture, moment, options_.machine_id), {}};
  present_ = {{}, picture.width, picture.height, {}};
  if (options_.skip_unchanged) {
    present_.hash = perceptual_hash(picture.pixels);
    if (const Screenshot* same = same_look(picture.monitor)) {
      made.about.format = Screenshot::Format::none;
      made.about.same_as = same->id;
      made.about.width = same->width;
      made.about.height = same->height;
      return made;
    }
  }
  Result<std::string> jpeg =
      activitytrack::develop(picture.pixels, picture.width, picture.height, options_.develop, made.about);
  if (!jpeg) return jpeg.error();
  const Wiped wiped(*jpeg);
  seal_for_receiver(*jpeg, made);
  return made;
}

const Screenshot* Darkroom::same_look(const std::string& monitor) const {
  const auto found = last_.find(monitor);
  if (found == last_.end()) return nullptr;
  const Look& last = found->second;
  const bool same = last.screen_width == present_.screen_width && last.screen_height == present_.screen_height &&
                    hash_distance(last.hash, present_.hash) <= most_bits_of_same_look;
  return same ? &last.shot : nullptr;
}

void Darkroom::seal_for_receiver(std::string_view jpeg, SealedScreenshot& into) const {
  const auto* receiver = std::get_if<PublicKey>(&options_.seal_for);
  into.sealed = receiver ? seal(jpeg, *receiver) : seal(jpeg, std::get<MachineKey>(options_.seal_for));
  // Without a receiver's key the seal is broken on this machine, before the picture travels.
  const std::string_view travels = receiver ? std::string_view(into.sealed) : jpeg;
  into.about.format = receiver ? Screenshot::Format::sealed : Screenshot::Format::jpeg;
  into.about.size = static_cast<std::int64_t>(travels.size());
  Sha256 hash;
  hash.add(travels);
  into.about.sha256 = hash.hex();
}

void Darkroom::stored(const Screenshot& screenshot) {
  if (screenshot.format == Screenshot::Format::none) return;
  present_.shot = screenshot;
  last_.insert_or_assign(screenshot.monitor, present_);
}

void Darkroom::forget_lost(ScreenshotBuffer& buffer) {
  const Result<BufferStats> stats = buffer.stats();
  if (stats && std::exchange(lost_, stats->dropped + stats->aside) == stats->dropped + stats->aside) return;
  // Whether one that is gone was lost or sent is not known: a picture too many does no harm.
  std::erase_if(last_, [&](const auto& last) { return !buffer.read(last.second.shot); });
}

Photographer::Photographer(OpenScreen open, std::shared_ptr<ScreenshotBuffer> buffer,
                           std::unique_ptr<Notifier> notifier, PhotographerOptions options, Log& log)
    : open_(std::move(open)),
      buffer_(std::move(buffer)),
      notifier_(std::move(notifier)),
      log_(log),
      darkroom_(std::move(options)),
      worker_("taking screenshots", log) {
  worker_.start([this](Worker::Lock& lock) { return step(lock); });
}

void Photographer::take(CaptureMoment moment) {
  worker_.change([&] {
    if (!stopped_ && !busy_) wanted_ = std::move(moment);
  });
}

void Photographer::stop() {
  worker_.change([this] {
    stopped_ = true;
    ++stops_;
    wanted_.reset();
  });
  const std::lock_guard nothing_is_being_stored(storing_);
}

void Photographer::start() {
  worker_.change([this] { stopped_ = false; });
}

void Photographer::configure(PhotographerOptions options) {
  worker_.change([&] {
    configured_ = std::move(options);
    ++stops_;
  });
  const std::lock_guard nothing_is_being_stored(storing_);
}

bool Photographer::idle() const {
  const Worker::Lock lock = worker_.lock();
  return !busy_ && !wanted_;
}

AgentStatus::Screenshots Photographer::status() const {
  const Worker::Lock lock = worker_.lock();
  return status_;
}

bool Photographer::step(Worker::Lock& lock) {
  worker_.wait(lock, [this] { return wanted_.has_value(); });
  if (worker_.stopping()) return false;
  const CaptureMoment moment = *std::exchange(wanted_, std::nullopt);
  if (configured_) {
    take_over(*configured_);  // if it throws, the next step does it
    configured_.reset();
  }
  begun_after_ = stops_;
  const Busy busy(busy_, lock);
  lock.unlock();
  const Result<void> done = caught("taking a screenshot", [&] { return capture(moment); });
  if (!done) failed(done.error());
  return true;
}

/// The person is notified again where what they were notified of no longer holds.
void Photographer::take_over(PhotographerOptions options) {
  if (screenshot_notice(options) != screenshot_notice(darkroom_.options())) notified_ = false;
  darkroom_ = Darkroom(std::move(options));
}

Result<void> Photographer::capture(const CaptureMoment& moment) {
  if (!screen_) {
    auto opened = caught("the function that opens the screen", open_);
    if (!opened) return opened.error();
    if (!*opened) return Error{ErrorCode::unavailable, "the function that opens the screen gave none"};
    screen_ = std::move(*opened);
  }
  picture_failed_ = kept_some_ = false;
  const PhotographerOptions& options = darkroom_.options();
  const ScreenSource::Request request{wants_quarter(options.develop), options.each_monitor, options.excluded_apps,
                                      [this](std::chrono::milliseconds time) { return rest(time); }};
  const Result<ScreenSource::State> state = caught("the screen source", [&] {
    return screen_->capture(request, [&](const ScreenSource::Picture& picture) {
      const Result<void> kept = keep(picture, moment);
      picture_failed_ = !kept;
      return kept;
    });
  });
  if (kept_some_) taken(moment);  // also if it failed with a later monitor: the person is notified
  if (!state) {
    if (!picture_failed_) screen_.reset();  // opened anew by the next one
    return state.error();
  }
  if (*state != ScreenSource::State::visible) {
    skipped(*state);
  } else {
    told_.clear();
  }
  return {};
}

/// A capture that waits for the screen is given up when it is stopped, and at the end.
Result<void> Photographer::rest(std::chrono::milliseconds time) {
  Worker::Lock lock = worker_.lock();
  picture_failed_ =
      worker_.wait_until(lock, std::chrono::steady_clock::now() + time, [this] { return stops_ != begun_after_; });
  return picture_failed_ ? Result<void>(stopped_error) : Result<void>();
}

Result<void> Photographer::keep(const ScreenSource::Picture& picture, const CaptureMoment& moment) {
  if (was_stopped()) return stopped_error;
  if (darkroom_.options().skip_unchanged) darkroom_.forget_lost(*buffer_);
  const Result<SealedScreenshot> made = darkroom_.develop(picture, moment);
  if (!made) return made.error();
  const std::lock_guard storing(storing_);
  if (was_stopped()) return stopped_error;
  if (const Result<void> stored = buffer_->append(made->about, made->sealed); !stored) return stored;
  kept_some_ = true;
  darkroom_.stored(made->about);
  const Worker::Lock lock = worker_.lock();
  ++(made->about.format == Screenshot::Format::none ? status_.unchanged : status_.taken);
  return {};
}

bool Photographer::was_stopped() const {
  const Worker::Lock lock = worker_.lock();
  return stops_ != begun_after_;
}

void Photographer::taken(const CaptureMoment& moment) {
  {
    const Worker::Lock lock = worker_.lock();
    status_.last_taken = moment.at;
    status_.last_error.clear();
  }
  log_.debug("screenshot taken");
  if (notifier_ && (!notified_ || darkroom_.options().notify_each)) notify();
}

/// A first notice that did not get through is tried again with the next capture.
void Photographer::notify() {
  const ScreenshotNotice notice = screenshot_notice(darkroom_.options());
  const Result<void> shown = caught("the notifier", [&] { return notifier_->notify(notice.title, notice.text); });
  notified_ = notified_ || shown;
  const std::string error = shown ? "" : shown.error().message;
  if (error != std::exchange(told_notice_, error) && !shown) {
    log_.warning("cannot notify of screenshots", {{"error", std::string_view(error)}});
  }
  const Worker::Lock lock = worker_.lock();
  status_.notice_error = error;
}

void Photographer::skipped(ScreenSource::State why) {
  const std::string_view word = to_string(why);
  {
    const Worker::Lock lock = worker_.lock();
    ++status_.skipped;
    status_.last_skip = word;
    status_.last_error.clear();
  }
  if (std::exchange(told_, word) != word) log_.info("no screenshots for now", {{"screen", word}});
}

void Photographer::failed(const Error& error) {
  if (was_stopped() || error == stopped_error) return;
  {
    const Worker::Lock lock = worker_.lock();
    ++status_.failed;
    status_.last_error = error.message;
  }
  if (std::exchange(told_, error.message) != error.message) {
    log_.warning("cannot take a screenshot; will try again when the next one is due",
                 {{"error", std::string_view(error.message)}});
  }
}

}  // namespace activitytrack
