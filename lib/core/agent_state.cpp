#include <activitytrack/core/event_json.hpp>

namespace activitytrack {

std::string_view to_string(Capture capture) noexcept {
  switch (capture) {
    case Capture::working:
      return "working";
    case Capture::paused:
      return "paused";
    case Capture::failing:
      return "failing";
  }
  return "working";
}

std::optional<Capture> parse_capture(std::string_view word) noexcept {
  for (const auto capture : {Capture::working, Capture::paused, Capture::failing}) {
    if (word == to_string(capture)) return capture;
  }
  return std::nullopt;
}

}  // namespace activitytrack
