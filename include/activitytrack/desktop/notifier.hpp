#pragma once

#include <activitytrack/core/result.hpp>

#include <memory>
#include <string>

namespace activitytrack {

/// Tells the person at the desktop something. One thread uses it.
class Notifier {
 public:
  virtual ~Notifier() = default;

  /// Shows a notification of plain text for 3 s; waits at most some seconds for the desktop to take it. In
  /// `text` some desktops read "<" and "&" as markup.
  virtual Result<void> notify(const std::string& title, const std::string& text) = 0;
};

/// By org.freedesktop.Notifications on the session's D-Bus, connected to for each one.
std::unique_ptr<Notifier> make_desktop_notifier();

}  // namespace activitytrack
