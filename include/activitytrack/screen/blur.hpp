#pragma once

#include <activitytrack/screen/image.hpp>

namespace activitytrack {

// What makes a picture unreadable. All work at every size from 1x1 up, and give the same bytes on every
// machine. The fourth byte of each pixel is ignored, and undefined afterwards.

/// Blurs in place by a Gaussian of standard deviation `sigma` px (0 to 1000; 0 changes nothing), made of
/// three box filters of whole radii; beyond the edges the picture's border goes on. Its cost does not depend
/// on sigma. Source: P. Kovesi, "Fast almost-Gaussian filtering", DICTA 2010.
void gaussian_blur(MutableImageView image, double sigma);

/// Replaces each square of `block` px (1 and more), counted from the upper left, by its mean colour.
void pixelate(MutableImageView image, int block);

/// The mean of each square of 4x4 pixels; at the right and lower edge of what is left of one. `into` has
/// quarter_size() of `from`'s sides.
void reduce_to_quarter(ImageView from, MutableImageView into);
constexpr int quarter_size(int side) noexcept { return (side + 3) / 4; }

}  // namespace activitytrack
