#pragma once

#include "screen/image.hpp"

#include <cstdint>

namespace activitytrack::server {

constexpr int demo_screen_width = 1920, demo_screen_height = 1080;

/// A desktop with windows that never was, at a quarter of the screen's size. `look` chooses how the windows lie,
/// `seed` what stands in them.
Image draw_desktop(std::uint64_t look, std::uint64_t seed);

}  // namespace activitytrack::server
