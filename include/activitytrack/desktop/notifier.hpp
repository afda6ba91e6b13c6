#pragma once

#include <activitytrack/core/result.hpp>

#include <memory>
#include <string>

namespace activitytrack {

/// Shows the person at the desktop a message. One thread uses it.
class Notifier {
 public:
  virtual ~Notifier() = default;

  /// Shows a notification of plain text for 3 s; waits at most some seconds for the desktop to take it. In
  /// `text` some desktops read "<" and "&" as markup.
  virtual Result<void> notify(const std::string& title, const std::string& text) = 0;
};

/// That of the session's desktop, connected to for each notification.
std::unique_ptr<Notifier> make_desktop_notifier();

}  // namespace activitytrack
