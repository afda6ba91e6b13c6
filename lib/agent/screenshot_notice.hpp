#pragma once

#include <activitytrack/agent/photographer.hpp>

#include <string>

namespace activitytrack {

struct ScreenshotNotice {
  std::string title, text;

  friend bool operator==(const ScreenshotNotice&, const ScreenshotNotice&) = default;
};

/// What the person is told when a screenshot was taken: how it was obscured, who can open it, where it goes.
ScreenshotNotice screenshot_notice(const PhotographerOptions& options);

}  // namespace activitytrack
