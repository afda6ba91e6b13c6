#pragma once

#include <algorithm>

namespace activitytrack {

/// A part of a screen or of a drawable, px.
struct X11Area {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;

  bool empty() const noexcept { return width <= 0 || height <= 0; }
  bool contains(const X11Area& other) const noexcept {
    return x <= other.x && y <= other.y && x + width >= other.x + other.width && y + height >= other.y + other.height;
  }
  friend bool operator==(const X11Area&, const X11Area&) = default;
};

/// What two areas share; empty() if nothing.
inline X11Area common_area(const X11Area& a, const X11Area& b) noexcept {
  const int left = std::max(a.x, b.x), top = std::max(a.y, b.y);
  return {left, top, std::min(a.x + a.width, b.x + b.width) - left, std::min(a.y + a.height, b.y + b.height) - top};
}

}  // namespace activitytrack
