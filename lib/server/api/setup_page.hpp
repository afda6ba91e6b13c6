#pragma once

#include <string>
#include <string_view>

namespace activitytrack::server {

/// The form that makes the first user: one file, with a Content-Security-Policy under which nothing but its
/// own script and style runs and nothing is loaded.
struct SetupPage {
  std::string html;
  std::string policy;
};
const SetupPage& setup_page();

}  // namespace activitytrack::server
