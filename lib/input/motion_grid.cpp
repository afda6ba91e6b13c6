#include "input/motion_grid.hpp"

namespace activitytrack {
namespace {

/// Reports that follow each other as closely are one motion; a recorder may gather as much into one.
constexpr std::int64_t one_motion_us = 150'000;

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
    const std::int64_t next = step_ + 1;
    ended |= close_step();
    step_ = next, moved_ = {}, filling_ = true;
    from = edge;
  }
  const float part = float(us - from) / float(since);
  moved_.x += dx * part, moved_.y += dy * part;
  return ended;
}

bool MotionGrid::end() noexcept {
  if (filling_) {
    if (open_.count == 0) open_.first = step_;
    put(step_, moved_);
    filling_ = false, moved_ = {};
  }
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
  if (open_.count == 0) open_.first = step_;
  put(step_, moved_);
  filling_ = false, moved_ = {};
  return ended;
}

void MotionGrid::put(std::int64_t step, Vec moved) noexcept {
  const auto at = static_cast<std::size_t>(step - open_.first);
  while (open_.count < at && open_.count < Stroke::max_steps) open_.steps[open_.count++] = {};
  if (open_.count < Stroke::max_steps) open_.steps[open_.count++] = moved;
}

}  // namespace activitytrack
