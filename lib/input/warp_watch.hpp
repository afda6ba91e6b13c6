#pragma once

#include "input/pointer_track.hpp"

#include <optional>

namespace activitytrack {

/// Tells where a program moved the pointer without any device, from looks at where it is.
///
/// A person's own programs do that too, in answer to input and to changes of screens: window managers put the
/// pointer onto the window that they focus, games into the middle. So it counts only between two looks in
/// which nothing happened, the first of them some time after the last that did.
class WarpWatch {
 public:
  static constexpr std::chrono::seconds calm{10};

  /// Something happened that may move the pointer, or after which programs do.
  void disturb(Ticks at) noexcept { disturbed_ = at; }

  /// The pointer is at `place` (nothing: on no screen of ours). How far a program moved it, if one did.
  std::optional<PointerTrack::Point> look(Ticks at, std::optional<PointerTrack::Point> place) noexcept;

 private:
  std::optional<PointerTrack::Point> seen_;
  Ticks looked_{}, disturbed_{};
};

}  // namespace activitytrack
