#pragma once

#include <activitytrack/core/screenshot.hpp>

#include <string>

namespace activitytrack {

/// An EXIF block that says when and where a screenshot was taken: DateTimeOriginal on the machine's own
/// clock, SubSecTimeOriginal, OffsetTimeOriginal, the machine in HostComputer, zone and monitor in
/// ImageDescription ("Europe/Berlin, HDMI-1"), the program in Software, and what the standard demands.
/// Source: CIPA DC-008 (Exif 2.31). At most 64 KiB.
std::string screenshot_exif(const Screenshot& screenshot);

}  // namespace activitytrack
