#include "input/pointer_track.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace activitytrack {
namespace {

/// How sure the track grows: this many batches must speak against what was learned before it changes.
constexpr int most_evidence = 8;

double px_per_unit(const PointerTrack::Axis& axis, double screen) { return axis.span > 0 ? screen / axis.span : 1; }

double place_on(const PointerTrack::Axis& axis, double screen, double value) {
  return axis.span > 0 ? (value - axis.min) * px_per_unit(axis, screen) : value;
}

/// As the server does it: what would leave the screen ends on the last pixel.
double within(double value, double size) {
  if (value < 0) return 0;
  return value < size ? value : size - 1;
}

/// Whether `point` is the pixel that the server reported, give or take its rounding.
bool fits(PointerTrack::Point point, PointerTrack::Point pixel) {
  constexpr double tolerance = 1.5;
  return std::abs(point.x - (pixel.x + 0.5)) <= tolerance && std::abs(point.y - (pixel.y + 0.5)) <= tolerance;
}

}  // namespace

void PointerTrack::set_screen(double width, double height) noexcept {
  width_ = width;
  height_ = height;
}

void PointerTrack::describe(const Device& device) {
  if (Learned* const known = find(device.id)) {
    known->device = device;
    return;
  }
  devices_.push_back({device, device.absolute ? most_evidence : 0});
}

void PointerTrack::forget(std::uint16_t device) noexcept {
  std::erase_if(devices_, [device](const Learned& known) { return known.device.id == device; });
}

PointerTrack::Learned* PointerTrack::find(std::uint16_t device) noexcept {
  const auto found = std::ranges::find(devices_, device, [](const Learned& known) { return known.device.id; });
  return found == devices_.end() ? nullptr : &*found;
}

bool PointerTrack::reports_places(std::uint16_t device) noexcept {
  const Learned* const known = find(device);
  return known != nullptr && known->evidence > 0;
}

PointerTrack::Point PointerTrack::on_screen(Point point) const noexcept {
  return {within(point.x, width_), within(point.y, height_)};
}

PointerTrack::Point PointerTrack::place(const Device& device, const InputSample& report) const noexcept {
  return {place_on(device.x, width_, report.dx), place_on(device.y, height_, report.dy)};
}

PointerTrack::Point PointerTrack::step(const Device& device, Point from, const InputSample& report) const noexcept {
  return {from.x + report.dx * px_per_unit(device.x, width_), from.y + report.dy * px_per_unit(device.y, height_)};
}

PointerTrack::Point PointerTrack::moved(Point from, const InputSample& report) noexcept {
  static const Device unknown;
  const Learned* const known = find(report.device);
  const Device& device = known != nullptr ? known->device : unknown;
  Point to = reports_places(report.device) ? place(device, report) : step(device, from, report);
  if (std::isnan(report.dx)) to.x = from.x;
  if (std::isnan(report.dy)) to.y = from.y;
  return edges_known_ ? on_screen(to) : to;
}

/// Where `batch` leads from the present position.
PointerTrack::Point PointerTrack::walked(std::span<const InputSample> batch) noexcept {
  Point at = position_;
  for (const auto& sample : batch) {
    if (sample.kind == InputKind::motion) at = moved(at, sample);
  }
  return at;
}

void PointerTrack::learn(std::span<const InputSample> batch, Point reported) {
  const auto is_motion = [](const InputSample& sample) { return sample.kind == InputKind::motion; };
  const auto newest = std::find_if(batch.rbegin(), batch.rend(), is_motion);
  if (newest == batch.rend() || std::isnan(newest->dx) || std::isnan(newest->dy)) return;
  Learned* const known = find(newest->device);
  if (known == nullptr) return;

  const Point before = walked(batch.first(static_cast<std::size_t>(batch.rend() - newest) - 1));
  const bool as_place = fits(on_screen(place(known->device, *newest)), reported);
  const bool as_step = fits(on_screen(step(known->device, before, *newest)), reported);
  if (as_place == as_step) return;
  const int most = known->device.mixed ? 1 : most_evidence;
  known->evidence = std::clamp(known->evidence + (as_place ? 1 : -1), -most, most);
}

/// Replaces the values of one motion by its movement.
void PointerTrack::move(InputSample& sample) noexcept {
  const Point to = moved(position_, sample);
  Point by{to.x - position_.x, to.y - position_.y};
  position_ = to;
  if (sample.synthetic) {
    displaced_ = {displaced_.x + by.x, displaced_.y + by.y};
  } else if (reports_places(sample.device)) {
    if (!std::isnan(sample.dx)) by.x += std::exchange(displaced_.x, 0);
    if (!std::isnan(sample.dy)) by.y += std::exchange(displaced_.y, 0);
  }
  sample.dx = static_cast<float>(by.x);
  sample.dy = static_cast<float>(by.y);
}

/// The pointer is not where the track is: by a warp, or because synthetic input was misread.
void PointerTrack::correct(Point reported, bool scripted) noexcept {
  if (scripted) {
    displaced_ = {displaced_.x + reported.x - position_.x, displaced_.y + reported.y - position_.y};
  }
  position_ = reported;
}

void PointerTrack::resolve(std::span<InputSample> batch, std::optional<Point> reported) {
  edges_known_ = true;
  if (reported) {
    learn(batch, *reported);
    edges_known_ = fits(walked(batch), *reported);
  }
  bool scripted = false;
  for (auto& sample : batch) {
    if (sample.kind != InputKind::motion) continue;
    scripted = scripted || sample.synthetic;
    move(sample);
  }
  // Within the pixel that the server reports, the track knows better.
  if (reported && !fits(position_, *reported)) correct(*reported, scripted);
  edges_known_ = true;
}

std::optional<PointerTrack::Point> WarpWatch::look(Ticks at, std::optional<PointerTrack::Point> place) noexcept {
  const bool was_calm = looked_ - disturbed_ >= calm;
  const auto before = std::exchange(seen_, place);
  looked_ = at;
  if (!before) disturb(at);
  if (!was_calm || !before || !place) return std::nullopt;
  const PointerTrack::Point by{place->x - before->x, place->y - before->y};
  if (by.x == 0 && by.y == 0) return std::nullopt;
  return by;
}

}  // namespace activitytrack
