#pragma once

#include <activitytrack/screen/image.hpp>

#include <array>
#include <cstdint>

namespace activitytrack {

/// A picture's look in 256 bits, to see whether the screen has changed between two: each says whether
/// brightness grows from one cell to the next of a 17x16 grid. It never leaves the agent. Source: N. Krawetz,
/// "Kind of Like That" (dHash), 2013, with a finer grid.
using PerceptualHash = std::array<std::uint64_t, 4>;

PerceptualHash perceptual_hash(ImageView image);

/// In how many bits they differ, 0 to 256.
int hash_distance(const PerceptualHash& a, const PerceptualHash& b) noexcept;

}  // namespace activitytrack
