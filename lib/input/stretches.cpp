#include "input/stretches.hpp"

#include <limits>

namespace activitytrack {

Stretch Stretches::at(std::uint8_t track, std::int64_t us) noexcept {
  const std::int64_t window = us / length_us;
  if (window_[track] == window) return current_[track];
  // An interval of an hour has more than there are numbers: the last of each track is as long as need be.
  const bool first = window_[track] == none;
  if (!first && size_ + max_tracks >= max_stretches) return current_[track];
  window_[track] = window;
  current_[track] = static_cast<Stretch>(size_);
  entries_[size_++] = {.track = track};
  return current_[track];
}

void Stretches::count(Stretch stretch, bool explained) noexcept {
  Entry& e = entries_[stretch];
  if (e.atoms == std::numeric_limits<std::uint16_t>::max()) return;
  ++e.atoms;
  if (explained) ++e.explained;
}

void Stretches::clear() noexcept {
  size_ = 0;
  window_.fill(none);
}

}  // namespace activitytrack
