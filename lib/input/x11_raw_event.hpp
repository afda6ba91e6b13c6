#pragma once

#include <xcb/xinput.h>

#include <cstddef>
#include <cstdint>

namespace activitytrack {

/// Calls `use(axis, value)` for each valuator that a raw event reports, by rising number. The values are
/// those after the server's acceleration and transformation, in which it moves the pointer.
///
/// After the event's head come a bit mask of valuators, a value (32.32 fixed point) for each bit that is
/// set, and the values before acceleration. A length that does not fit ends the walk.
template <class Use>
void for_each_valuator(const xcb_input_raw_motion_event_t& event, Use use) {
  const auto* const words = reinterpret_cast<const std::uint32_t*>(&event + 1);
  const std::size_t mask_words = event.valuators_len;
  if (mask_words > event.length) return;
  std::size_t at = mask_words;
  for (std::size_t axis = 0; axis < mask_words * 32; ++axis) {
    if ((words[axis / 32] >> (axis % 32) & 1) == 0) continue;
    if (at + 2 > event.length) return;
    use(static_cast<int>(axis), static_cast<std::int32_t>(words[at]) + words[at + 1] / 4294967296.0);
    at += 2;
  }
}

}  // namespace activitytrack
