#pragma once

#include <array>
#include <cstdint>

namespace activitytrack {

/// The radii of three box filters that together come near to a Gaussian; the lesser ones first.
using BoxRadii = std::array<int, 3>;
BoxRadii box_radii(double sigma) noexcept;

/// How many rows, or columns, are blurred side by side: bytes of a line.
constexpr int line_bytes = 64;

/// `count` lines, one behind the other in memory, are filtered across: byte i of a line becomes the mean,
/// rounded, of the bytes i of the 2 * radius + 1 lines around it, three times. `lines` and `scratch` hold
/// count * line_bytes each. Returns the one of the two that has the result.
std::uint8_t* blur_lines(std::uint8_t* lines, std::uint8_t* scratch, int count, const BoxRadii& radii);

}  // namespace activitytrack
