#include "input/strokes.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace activitytrack {
namespace {

/// Reports that follow each other as closely are one motion; a recorder may gather as much into one.
constexpr std::int64_t one_motion_us = 150'000;

using Speeds = std::array<float, Stroke::max_steps>;

float length(Vec v) noexcept { return std::sqrt(v.x * v.x + v.y * v.y); }

/// The mean third difference of the way, in mean speeds: what minimum-jerk movements keep least (Flash and
/// Hogan, 1985), and hands at this rate do not.
float jerkiness(std::span<const Vec> v, float mean_speed) noexcept {
  float sum = 0;
  for (std::size_t i = 0; i + 3 < v.size(); ++i) {
    sum += length(
        {v[i + 3].x - 3 * v[i + 2].x + 3 * v[i + 1].x - v[i].x, v[i + 3].y - 3 * v[i + 2].y + 3 * v[i + 1].y - v[i].y});
  }
  return sum / float(v.size() - 3) / mean_speed;
}

/// How far the way leads off the line from its start to its end, px.
float farthest_off(std::span<const Vec> v, const StrokeShape& shape) noexcept {
  const float direct = shape.direct();
  if (direct <= 0) return shape.path / 2;
  float x = 0, y = 0, most = 0;
  for (const Vec step : v) {
    x += step.x, y += step.y;
    most = std::max(most, std::abs(x * shape.y - y * shape.x) / direct);
  }
  return most;
}

/// Angles between steps that are long enough to have one.
void measure_turns(std::span<const Vec> v, Sums& sums) noexcept {
  float turns = 0, changes = 0, before = 0;
  int n = 0;
  for (std::size_t i = 0; i + 1 < v.size(); ++i) {
    const Vec p = v[i], q = v[i + 1];
    if (length(p) < 4 || length(q) < 4) continue;
    const float turn = std::atan2(p.x * q.y - p.y * q.x, p.x * q.x + p.y * q.y);
    turns += std::abs(turn);
    if (n++ > 0) changes += std::abs(turn - before);
    before = turn;
  }
  if (n < 2) return;
  constexpr float finest = 0.003F;
  sums.add(Spread::turn, std::log(turns / float(n) + finest));
  sums.add(Spread::turn_change, std::log(changes / float(n - 1) + finest));
}

void measure_speeds(std::span<const float> speed, float mean, Sums& sums) noexcept {
  const std::size_t n = speed.size();
  float squares = 0, changes = 0;
  std::size_t empty = 0, dips = 0;
  for (std::size_t i = 0; i < n; ++i) {
    squares += (speed[i] - mean) * (speed[i] - mean);
    if (speed[i] == 0) ++empty;
    if (i > 0) changes += std::abs(speed[i] - speed[i - 1]) / (speed[i] + speed[i - 1] + 1);
    if (i > 0 && i + 1 < n && speed[i] < speed[i - 1] * 0.7F && speed[i] < speed[i + 1] * 0.7F) ++dips;
  }
  const auto most = std::ranges::max_element(speed);
  const float variation = std::sqrt(squares / float(n)) / mean;
  sums.add(Spread::speed_variation, variation);
  sums.add(Spread::peak, float(most - speed.begin()) / float(n - 1));
  sums.add(Spread::peak_speed, std::log(*most / mean));
  sums.add(Spread::empty, float(empty) / float(n));
  sums.add(Spread::dips, float(dips) / float(n));
  sums.add(Spread::speed_change, changes / float(n - 1));
  // The first and the last step are moved in for a part of their time only: the next one shows it.
  sums.add(Spread::start_speed, speed[1] / mean);
  sums.add(Spread::end_speed, speed[n - 2] / mean);
  if (variation < 0.35F) sums.add(Count::steady);
}

/// Where a grid falls on a stroke changes its duration by a step and its length by some percent, but not its
/// ends. A player may add noise, and stretch time a little.
float same_end(float path) noexcept { return std::min(1 + 0.01F * path, 4.0F); }
int same_steps(int steps) noexcept { return 1 + steps / 5; }
constexpr float same_path = 0.05F;

bool same_period(float a, float b) noexcept { return std::abs(a - b) <= 3 + 0.002F * b; }

template <class Small>
Small small(float v) noexcept {
  using Limits = std::numeric_limits<Small>;
  return static_cast<Small>(std::lround(std::clamp(v, float(Limits::min()), float(Limits::max()))));
}

}  // namespace

bool MotionGrid::add(std::int64_t us, float dx, float dy) noexcept {
  const std::int64_t step = us / step_us;
  const std::int64_t since = us - last_us_;
  const bool flows = filling_ && since <= one_motion_us;
  last_us_ = us;
  if (filling_ && step == step_) {
    moved_.x += dx, moved_.y += dy;
    return false;
  }
  if (!flows) {
    bool ended = close_step();
    const bool rested = open_.count > 0 && since > longest_rest_us;
    if (rested && ended)
      open_.count = 0;  // a single step between a cut and a rest
    else if (rested)
      ended = end();
    step_ = step, moved_ = {dx, dy}, filling_ = true;
    return ended;
  }
  bool ended = false;
  std::int64_t from = us - since;
  while (step_ < step) {  // at most twice
    const std::int64_t edge = (step_ + 1) * step_us;
    const float part = float(edge - from) / float(since);
    moved_.x += dx * part, moved_.y += dy * part;
    ended |= close_step();
    ++step_, filling_ = true;
    from = edge;
  }
  const float part = float(us - from) / float(since);
  moved_.x += dx * part, moved_.y += dy * part;
  return ended;
}

bool MotionGrid::end() noexcept {
  if (filling_) put_step();
  if (open_.count == 0) return false;
  ended_ = open_;
  open_.count = 0;
  open_.cut = false;
  return true;
}

/// Puts the step that is being filled into the open stroke; true if it did not fit, and that was ended.
bool MotionGrid::close_step() noexcept {
  if (!filling_) return false;
  bool ended = false;
  if (open_.count > 0 && step_ - open_.first >= std::int64_t(Stroke::max_steps)) {
    filling_ = false;  // what does not fit is not the old one's
    open_.cut = true;
    ended = end();
  }
  put_step();
  return ended;
}

void MotionGrid::put_step() noexcept {
  if (open_.count == 0) open_.first = step_;
  const auto at = static_cast<std::size_t>(step_ - open_.first);
  while (open_.count < at && open_.count < Stroke::max_steps) open_.steps[open_.count++] = {};
  if (open_.count < Stroke::max_steps) open_.steps[open_.count++] = moved_;
  filling_ = false, moved_ = {};
}

StrokeShape shape_of(const Stroke& stroke) noexcept {
  StrokeShape shape{.first = stroke.first, .steps = std::int32_t(stroke.count)};
  for (const Vec step : stroke.view()) {
    shape.x += step.x, shape.y += step.y;
    shape.path += length(step);
  }
  return shape;
}

void measure_stroke(const Stroke& stroke, const StrokeShape& shape, Sums& sums) noexcept {
  if (stroke.count < 4 || shape.path < 30) return;
  const auto steps = stroke.view();
  const float mean = shape.path / float(stroke.count);
  Speeds speeds;
  std::ranges::transform(steps, speeds.begin(), length);
  const float off = farthest_off(steps, shape);
  sums.add(Count::big);
  if (off < 1 && shape.path > 60) sums.add(Count::line);
  sums.add(Spread::jerk, std::log(jerkiness(steps, mean) + 0.02F));
  sums.add(Spread::deviation, std::log(off + 0.3F));
  sums.add(Spread::straightness, shape.direct() / shape.path);
  sums.add(Spread::duration, std::log(float(stroke.count)));
  sums.add(Spread::length, std::log(shape.path));
  if (!stroke.cut) sums.add(Joint::length_duration, std::log(shape.path), std::log(float(stroke.count)));
  measure_speeds({speeds.data(), stroke.count}, mean, sums);
  measure_turns(steps, sums);
}

StrokeMemory::Seen StrokeMemory::add(const StrokeShape& stroke) noexcept {
  const Entry now{static_cast<std::uint32_t>(stroke.first), small<std::int16_t>(stroke.x),
                  small<std::int16_t>(stroke.y), small<std::uint16_t>(stroke.path),
                  static_cast<std::uint8_t>(stroke.steps)};
  const float end = same_end(stroke.path);
  const int steps = same_steps(stroke.steps);
  const auto alike = [&](const Entry& e) {
    return std::abs(float(e.x) - stroke.x) <= end && std::abs(float(e.y) - stroke.y) <= end &&
           std::abs(e.steps - now.steps) <= steps && std::abs(float(e.path - now.path)) <= 1 + same_path * stroke.path;
  };
  bool again = false, expected = false;
  float lag = 0;
  for (std::size_t back = 1; back <= remembered && !expected; ++back) {
    const Entry& e = entries_[(next_ + remembered - back) % remembered];
    if (e.steps == 0) break;
    if (!alike(e)) continue;
    const auto since = float(now.first - e.first);
    expected = period_ > 0 && same_period(since, period_);
    if (!again || expected) lag = since;
    again = true;
  }
  entries_[next_] = now;
  next_ = (next_ + 1) % remembered;
  if (!again) return Seen::new_one;
  in_period_ = expected ? in_period_ + 1 : 0;
  period_ = expected ? period_ + (lag - period_) / 8 : lag;
  return expected ? Seen::again_in_period : Seen::again;
}

}  // namespace activitytrack
