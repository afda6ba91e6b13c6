// A build without X11.
#include "doctor.hpp"

namespace activitytrack::agent_app {

std::vector<Check> check_display() {
  return {{"display", Finding::wrong, "this build knows no display; build it with -Dx11=enabled"}};
}

}  // namespace activitytrack::agent_app
