#include "agent/screenshots.hpp"

#include "agent/given_parts.hpp"

#include <random>
#include <utility>

namespace activitytrack {
namespace {

Time multiple_at(Time now, std::chrono::seconds interval) { return Time(now.time_since_epoch() / interval * interval); }

/// From the system, and not of a generator whose past gives away its future.
std::uint64_t unforeseeable() {
  static_assert(sizeof(std::random_device::result_type) == 4);
  std::random_device device;
  return std::uint64_t{device()} << 32 | device();
}

bool same_window(const FocusSample& a, const FocusSample& b) {
  if (a.app != b.app) return false;
  return a.window != 0 || b.window != 0 ? a.window == b.window : a.title == b.title;
}

}  // namespace

ScreenshotSchedule::ScreenshotSchedule(AgentOptions::Screenshots::Moment when, std::chrono::seconds interval, Time now,
                                       Random random)
    : when_(when), interval_(interval), random_(std::move(random)) {
  enter(multiple_at(now, interval_));
  // The interval that it starts in has its moment as any other: starting anew does not bring another one
  // near.
  if (moment_ && *moment_ < now) moment_.reset();
}

void ScreenshotSchedule::enter(Time begin) {
  begin_ = begin;
  moment_ = begin;
  if (when_ != AgentOptions::Screenshots::Moment::random) return;
  const auto length = static_cast<std::uint64_t>(std::chrono::microseconds(interval_).count());
  moment_ = begin + std::chrono::microseconds(random_() % length);  // 64 bits: the bias is below 1e-8
}

std::optional<Time> ScreenshotSchedule::next() const noexcept {
  if (when_ == AgentOptions::Screenshots::Moment::focus) {
    return focus_waits_ ? std::optional(last_focus_ + min_between_focus) : std::nullopt;
  }
  return moment_ ? *moment_ : begin_ + interval_;
}

bool ScreenshotSchedule::due(Time now, bool focus_changed) {
  return when_ == AgentOptions::Screenshots::Moment::focus ? due_by_focus(now, focus_changed) : due_by_clock(now);
}

bool ScreenshotSchedule::due_by_clock(Time now) {
  const Time begin = multiple_at(now, interval_);
  // Set back into the interval before, the clock comes to moments that were due already; further back, it is
  // another time.
  if (begin > begin_ || begin + interval_ < begin_) enter(begin);
  if (!moment_ || now < *moment_) return false;
  const bool in_time = now - *moment_ <= most_late;
  moment_.reset();
  return in_time;
}

bool ScreenshotSchedule::due_by_focus(Time now, bool focus_changed) {
  focus_waits_ = focus_waits_ || focus_changed;
  const bool rested = last_focus_ == Time::min() || now < last_focus_ || now - last_focus_ >= min_between_focus;
  if (!focus_waits_ || !rested) return false;
  last_focus_ = now;
  focus_waits_ = false;
  return true;
}

Screenshots::Screenshots(AgentParts::Screenshots parts, NetworkWatch& network, Clock& clock, Log& log)
    : parts_(std::move(parts)), network_(network), clock_(clock), log_(log) {}

void Screenshots::configure(const AgentOptions& options, Time now) {
  const AgentOptions::Screenshots& next = options.screenshots;
  const bool new_rhythm = next.moment != options_.moment || next.interval != options_.interval;
  const bool new_interval = options.send_interval != send_interval_;
  options_ = next;
  send_interval_ = options.send_interval;
  if (const auto* key = std::get_if<MachineKey>(&next.seal_for); key && next.on) {
    const std::lock_guard lock(key_mutex_);
    key_ = *key;
  }
  if (!parts_.buffer) return;
  if (!next.on || !parts_.open_screen) {
    schedule_.reset();
    retire_photographer();
  } else if (photographer_) {
    photographer_->configure({next, options.sampler.machine_id});
  } else {
    photographer_ = std::make_unique<Photographer>(parts_.open_screen, parts_.buffer, make_notifier(),
                                                   PhotographerOptions{next, options.sampler.machine_id}, log_);
    if (paused_) photographer_->stop();
  }
  if (photographer_ && (new_rhythm || !schedule_)) start_schedule(now);
  if (!delivery_) return start_delivery();
  if (new_interval) delivery_->set_interval(send_interval_);
}

std::unique_ptr<Notifier> Screenshots::make_notifier() {
  if (!parts_.make_notifier) return nullptr;
  auto made = caught("the function that makes the notifier", parts_.make_notifier);
  if (made) return std::move(*made);
  log_.warning("cannot notify of screenshots", {{"error", std::string_view(made.error().message)}});
  return nullptr;
}

/// It may wait for the display or for the desktop, and nobody waits for it.
void Screenshots::retire_photographer() {
  if (!photographer_) return;
  photographer_->stop();  // what is under way is not kept
  retired_.push_back(std::move(photographer_));
  end_retired();
}

void Screenshots::end_retired() {
  std::erase_if(retired_, [](const auto& photographer) { return photographer->idle(); });
}

void Screenshots::replace_sender(std::shared_ptr<ScreenshotSender> sender) {
  delivery_.reset();
  parts_.sender = std::move(sender);
  start_delivery();
}

void Screenshots::start_schedule(Time now) {
  schedule_.emplace(options_.moment, options_.interval, now, unforeseeable);
}

bool Screenshots::pending() const {
  const Result<BufferStats> stats = parts_.buffer->stats();
  return !stats || stats->pending > 0;
}

/// The key's file may have been removed or changed meanwhile.
Result<MachineKey> Screenshots::machine_key() {
  {
    const std::lock_guard lock(key_mutex_);
    if (key_) return *key_;
  }
  if (parts_.machine_key) return parts_.machine_key();
  return Error{ErrorCode::unavailable,
               "this program has no key to open screenshots with: set AgentParts::Screenshots::machine_key"};
}

void Screenshots::start_delivery() {
  if (!parts_.buffer || !parts_.sender || (!options_.on && !pending())) return;
  delivery_ = std::make_unique<ScreenshotDelivery>(
      parts_.buffer, parts_.sender, [this] { return machine_key(); }, send_interval_, network_, clock_, log_);
}

void Screenshots::pause() {
  paused_ = true;
  if (photographer_) photographer_->stop();
}

void Screenshots::resume(Time now) {
  paused_ = false;
  if (!photographer_) return;
  focused_.reset();
  focus_changed_ = false;
  photographer_->start();
  start_schedule(now);
}

std::optional<Time> Screenshots::next() const { return schedule_ && !paused_ ? schedule_->next() : std::nullopt; }

void Screenshots::focus(const FocusSample& sample) {
  if (sample.app.empty()) return;
  if (focused_ && !same_window(*focused_, sample)) focus_changed_ = true;
  focused_ = sample;
}

void Screenshots::advance(Time now, const std::function<bool()>& is_active, const TimeZoneSource& zone) {
  end_retired();
  const bool focus_changed = std::exchange(focus_changed_, false);
  if (!schedule_ || paused_) return;
  if (!schedule_->due(now, focus_changed) || !is_active()) return;
  photographer_->take({now, zone.name(), zone.utc_offset_min(now)});
}

AgentStatus::Screenshots Screenshots::status() const {
  AgentStatus::Screenshots status = photographer_ ? photographer_->status() : AgentStatus::Screenshots();
  status.on = photographer_ != nullptr;
  if (delivery_) status.delivery = delivery_->status();
  if (!parts_.buffer) return status;
  if (const Result<BufferStats> stats = parts_.buffer->stats()) status.buffer = *stats;
  return status;
}

void Screenshots::close() {
  schedule_.reset();
  photographer_.reset();
  retired_.clear();
}

void Screenshots::flush(std::chrono::milliseconds timeout) {
  if (delivery_) delivery_->flush(timeout);
  delivery_.reset();
}

}  // namespace activitytrack
