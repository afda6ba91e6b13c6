#include <activitytrack/agent/screenshot_schedule.hpp>

#include <utility>

namespace activitytrack {
namespace {

Time multiple_at(Time now, std::chrono::seconds interval) { return Time(now.time_since_epoch() / interval * interval); }

}  // namespace

ScreenshotSchedule::ScreenshotSchedule(ScreenshotRhythm rhythm, Time now, Random random)
    : rhythm_(rhythm), random_(std::move(random)) {
  enter(multiple_at(now, rhythm_.interval));
  // The interval that it starts in has its moment as any other: starting anew does not bring another one
  // near.
  if (moment_ && *moment_ < now) moment_.reset();
}

void ScreenshotSchedule::enter(Time begin) {
  begin_ = begin;
  moment_ = begin;
  if (rhythm_.moment != ScreenshotMoment::random) return;
  const auto length = static_cast<std::uint64_t>(std::chrono::microseconds(rhythm_.interval).count());
  moment_ = begin + std::chrono::microseconds(random_() % length);  // 64 bits: the bias is below 1e-8
}

std::optional<Time> ScreenshotSchedule::next() const noexcept {
  if (rhythm_.moment == ScreenshotMoment::focus) {
    return focus_waits_ ? std::optional(last_focus_ + min_between_focus) : std::nullopt;
  }
  return moment_ ? *moment_ : begin_ + rhythm_.interval;
}

bool ScreenshotSchedule::due(Time now, bool focus_changed) {
  return rhythm_.moment == ScreenshotMoment::focus ? due_by_focus(now, focus_changed) : due_by_clock(now);
}

bool ScreenshotSchedule::due_by_clock(Time now) {
  const Time begin = multiple_at(now, rhythm_.interval);
  // Set back into the interval before, the clock comes to moments that were due already; further back, it is
  // another time.
  if (begin > begin_ || begin + rhythm_.interval < begin_) enter(begin);
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

}  // namespace activitytrack
