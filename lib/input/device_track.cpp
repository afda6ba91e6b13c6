#include "input/device_track.hpp"

#include "input/behaviour_features.hpp"

#include <algorithm>
#include <utility>

namespace activitytrack {
namespace {

constexpr float carried_per_minute = 0.8F;

/// What an interval carries over is worth no more than so much: else a person's busy hour would hide what is
/// done in their name afterwards.
constexpr float most_carried_evidence = 16;
constexpr std::int64_t minute_us = 60'000'000;
constexpr int most_presses_a_second = 200;  ///< more is a flood: no hands do that
constexpr int hiccup_seconds = 4;  ///< a device that bounces, or a machine that slept, does it for a moment too
constexpr int too_many_to_measure = 2000;
constexpr std::int64_t one_scroll_us = 150'000;  ///< a flick of the wheel, or a frame of smooth scrolling
constexpr std::int64_t step_us = MotionGrid::step_us;

/// No screen is as large: what a broken source reports says nothing about anybody.
bool absurd(const InputSample& sample) noexcept {
  constexpr float most = 100'000;
  return !(std::abs(sample.dx) <= most && std::abs(sample.dy) <= most);
}

bool alike(float a, float b) noexcept { return std::abs(a - b) <= 1; }

}  // namespace

void DeviceTrack::add(const InputSample& sample, std::int64_t us, Stretch stretch, Stretches& stretches) noexcept {
  ++samples_;
  measured_ = true;
  last_us_ = us;
  if (absurd(sample)) return;
  switch (sample.kind) {
    case InputKind::motion:
      return move(sample, us, stretch, stretches);
    case InputKind::button_press:
      watch_flood(us, stretch, stretches);
      return click(us, stretch, stretches);
    case InputKind::button_release:
      return release(us);
    case InputKind::scroll:
      return scroll(sample.dx + sample.dy, us, stretch, stretches);
    case InputKind::key_press:
      watch_flood(us, stretch, stretches);
      return atom(stretch, typing_.press(us, sample.slot, now_), stretches);
    case InputKind::key_release:
      return typing_.release(us, sample.slot, now_);
  }
}

void DeviceTrack::watch_flood(std::int64_t us, Stretch stretch, Stretches& stretches) noexcept {
  if (us / 1'000'000 != second_) second_ = us / 1'000'000, presses_in_second_ = 0;
  if (++presses_in_second_ == most_presses_a_second) ++flood_seconds_;
  if (flood_seconds_ > hiccup_seconds) stretches.flood(stretch);
  if (presses_in_second_ > too_many_to_measure) flooded_ = true;
}

void DeviceTrack::atom(Stretch stretch, bool explained, Stretches& stretches) noexcept {
  now_.add(Count::atoms);
  if (explained) now_.add(Count::explained);
  stretches.count(stretch, explained);
}

void DeviceTrack::move(const InputSample& sample, std::int64_t us, Stretch stretch, Stretches& stretches) noexcept {
  const float dx = sample.dx, dy = sample.dy;
  const bool under_way = grid_.under_way();
  const bool ended = grid_.add(us, dx, dy);
  if (ended) take_stroke(stretches);
  if (ended || !under_way) stroke_stretch_ = stretch;
  moved_ += std::abs(dx) + std::abs(dy);
  move_us_ = us;
  place_.x += dx, place_.y += dy;
  least_ = {std::min(least_.x, place_.x), std::min(least_.y, place_.y)};
  most_ = {std::max(most_.x, place_.x), std::max(most_.y, place_.y)};
}

void DeviceTrack::take_stroke(Stretches& stretches) noexcept {
  const Stroke& stroke = grid_.stroke();
  const StrokeShape shape = shape_of(stroke);
  now_.add(Count::strokes);
  now_.add(Count::path, shape.path);
  if (stroke.cut) now_.add(Count::cut);
  if (shape.still()) now_.add(Count::still);
  if (shape.lone()) now_.add(Count::lone);
  if (shape.path <= 3) now_.add(Count::tiny);
  if (shape.lone() && shape.path > 150) now_.add(Count::jump);
  if (shape.direct() <= std::max(1.0F, 0.05F * shape.path)) now_.add(Count::closed);
  compare(shape);
  bool repeated = false;
  if (shape.steps >= 3 && shape.path > 20) {
    const StrokeMemory::Seen seen = strokes_.add(shape);
    now_.add(Count::repeatable);
    repeated = seen != StrokeMemory::Seen::new_one;
    if (repeated) now_.add(Count::repeated);
    if (seen == StrokeMemory::Seen::again_in_period) now_.add(Count::repeated_in_period);
  }
  measure_stroke(stroke, shape, now_);
  last_stroke_ = shape;
  atom(stroke_stretch_, repeated || shape.lone(), stretches);
}

/// With the stroke before, and the pauses between them.
void DeviceTrack::compare(const StrokeShape& shape) noexcept {
  const StrokeShape& last = last_stroke_;
  if (last.steps > 0) {
    if (alike(last.x, -shape.x) && alike(last.y, -shape.y)) now_.add(Count::back);
    if (alike(last.x, shape.x) && alike(last.y, shape.y)) now_.add(Count::again);
  }
  if (shape.path <= 60 && of_a_size_seen(shape)) now_.add(Count::same_size);
  const Beat::Gap gap = gaps_.strike(shape.first * step_us, 100);
  if (gap.ms > 0) {
    const float log_gap = std::log(gap.ms / 100);
    now_.add(Spread::gap, log_gap);
    if (gap.after_gap) now_.add(Joint::stroke_gap, log_gap_, log_gap);
    log_gap_ = log_gap;
  }
  if (gap.after_gap) now_.add(Count::gaps);
  if (gap.same) now_.add(Count::same_gap);
}

bool DeviceTrack::of_a_size_seen(const StrokeShape& shape) noexcept {
  const Vec size{std::abs(shape.x), std::abs(shape.y)};
  const bool seen = std::ranges::any_of(
      small_sizes_, [&](Vec s) { return std::abs(s.x - size.x) < 0.5F && std::abs(s.y - size.y) < 0.5F; });
  small_sizes_[next_size_++ % small_sizes_.size()] = size;
  return seen;
}

void DeviceTrack::click(std::int64_t us, Stretch stretch, Stretches& stretches) noexcept {
  if (grid_.end()) take_stroke(stretches);
  const bool unmoved = pressed_ && moved_ <= 2;
  now_.add(Count::clicks);
  if (unmoved) now_.add(Count::unmoved);
  if (moved_ > 2) now_.add(Spread::settle, std::log(std::max(float(us - move_us_) / 1e3F, 150.0F)));
  const Beat::Gap gap = clicks_.strike(us, 16);
  if (gap.ms > 0) now_.add(Spread::click_gap, std::log(gap.ms + 1));
  if (gap.after_gap) now_.add(Count::click_gaps);
  if (gap.same) now_.add(Count::same_click_gap);
  moved_ = 0;
  press_us_ = us, pressed_ = true;
  atom(stretch, unmoved, stretches);
}

void DeviceTrack::release(std::int64_t us) noexcept {
  if (!pressed_) return;
  const float ms = float(us - press_us_) / 1e3F;
  now_.add(Spread::click_hold, std::log(ms + 1));
  if (ms < 10) now_.add(Count::instant_click);
  if (moved_ > 5) now_.add(Count::drags);
}

/// Notches that follow each other closely are one turn of the wheel.
void DeviceTrack::scroll(float amount, std::int64_t us, Stretch stretch, Stretches& stretches) noexcept {
  const bool same_turn = scrolled_ && us - notch_us_ < one_scroll_us;
  const bool up = amount > 0;
  const bool flipped = scrolled_ && up != scrolled_up_;
  scrolled_ = true, scrolled_up_ = up, notch_us_ = us;
  if (same_turn) return;
  now_.add(Count::notches);
  if (flipped) now_.add(Count::flips);
  const Beat::Gap gap = notches_.strike(us, 16);
  if (gap.ms > 0) now_.add(Spread::notch_gap, std::log(gap.ms + 1));
  if (gap.after_gap) now_.add(Count::notch_gaps);
  if (gap.same) now_.add(Count::same_notch_gap);
  atom(stretch, gap.same || gap.ms == 0 || gap.ms > 1000, stretches);
}

void DeviceTrack::finish(Stretches& stretches) noexcept {
  if (grid_.end()) take_stroke(stretches);
  const float extent = std::max(most_.x - least_.x, most_.y - least_.y);
  if (now_[Count::strokes] > 0) now_.set(Spread::extent, std::log(extent + 1));
  if (flooded_) now_ = {};
}

Sums DeviceTrack::with_past(float weight) const noexcept {
  const std::int64_t passed = std::clamp<std::int64_t>(last_us_ - carried_until_us_, 0, minute_us);
  Sums all = before_;
  all.decay_and_add(std::pow(carried_per_minute, float(passed) / float(minute_us)), now_, weight);
  return all;
}

void DeviceTrack::begin_interval() noexcept {
  samples_ = 0;
  flooded_ = false;
  flood_seconds_ = 0;
}

void DeviceTrack::measure_anew() noexcept {
  if (!std::exchange(measured_, false)) return;
  before_ = with_past(std::min(1.0F, most_carried_evidence / std::max(measure::evidence(now_), 1.0F)));
  carried_until_us_ = last_us_;
  now_ = {};
  place_ = least_ = most_ = {};
}

}  // namespace activitytrack
