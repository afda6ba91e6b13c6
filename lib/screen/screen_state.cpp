#include <activitytrack/screen/screen_source.hpp>

namespace activitytrack {

std::string_view to_string(ScreenState state) noexcept {
  switch (state) {
    case ScreenState::visible:
      return "visible";
    case ScreenState::locked:
      return "locked";
    case ScreenState::blanked:
      return "blanked";
    case ScreenState::excluded:
      return "excluded";
  }
  return "visible";
}

}  // namespace activitytrack
