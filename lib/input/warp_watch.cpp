#include "input/warp_watch.hpp"

#include <utility>

namespace activitytrack {

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
