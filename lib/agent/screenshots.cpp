#include "agent/screenshots.hpp"

#include <random>
#include <utility>

namespace activitytrack {
namespace {

/// From the system, and not of a generator whose past tells its future.
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

Screenshots::Screenshots(ScreenshotParts parts, Clock& clock, Log& log)
    : parts_(std::move(parts)), clock_(clock), log_(log) {}

void Screenshots::configure(const ScreenshotOptions& options, std::chrono::seconds send_interval, Time now) {
  const bool new_rhythm = options.rhythm != options_.rhythm;
  const bool new_interval = send_interval != send_interval_;
  options_ = options;
  send_interval_ = send_interval;
  if (const auto* key = std::get_if<MachineKey>(&options.photographer.seal_for); key && options.on) {
    const std::lock_guard lock(key_mutex_);
    key_ = *key;
  }
  if (!parts_.buffer) return;
  if (!options.on || !parts_.open_screen) {
    schedule_.reset();
    retire_photographer();
  } else if (photographer_) {
    photographer_->configure(options.photographer);
  } else {
    photographer_ = std::make_unique<Photographer>(parts_.open_screen, parts_.buffer,
                                                   parts_.make_notifier ? parts_.make_notifier() : nullptr,
                                                   options.photographer, log_);
    if (paused_) photographer_->stop();
  }
  if (photographer_ && (new_rhythm || !schedule_)) start_schedule(now);
  if (!delivery_) return start_delivery();
  if (new_interval) delivery_->set_interval(send_interval);
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

void Screenshots::start_schedule(Time now) { schedule_.emplace(options_.rhythm, now, unforeseeable); }

bool Screenshots::pending() const {
  const Result<ScreenshotBufferStats> stats = parts_.buffer->stats();
  return !stats || stats->pending > 0;
}

/// The key's file may have been removed or changed meanwhile.
Result<MachineKey> Screenshots::machine_key() {
  const std::lock_guard lock(key_mutex_);
  return key_ ? *key_ : parts_.machine_key();
}

void Screenshots::start_delivery() {
  if (!parts_.buffer || !parts_.sender || (!options_.on && !pending())) return;
  delivery_ = std::make_unique<ScreenshotDelivery>(
      parts_.buffer, parts_.sender, [this] { return machine_key(); }, send_interval_, clock_, log_);
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

ScreenshotsStatus Screenshots::status() const {
  ScreenshotsStatus status;
  status.on = photographer_ != nullptr;
  if (photographer_) status.photographer = photographer_->status();
  if (delivery_) status.delivery = delivery_->status();
  if (!parts_.buffer) return status;
  if (const Result<ScreenshotBufferStats> stats = parts_.buffer->stats()) status.buffer = *stats;
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
