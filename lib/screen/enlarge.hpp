#pragma once

#include <activitytrack/screen/image.hpp>

#include "screen/jpeg_planes.hpp"

namespace activitytrack {

/// A picture of quarter_size() sides at the size it was, `width` x `height`: between the middles of its
/// pixels, colours change evenly (bilinear). As planes, since what is coarse there need not be made fine
/// first.
JpegPlanes enlarge_quarter(ImageView quarter, int width, int height, Subsampling subsampling);

}  // namespace activitytrack
