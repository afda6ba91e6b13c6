#include "command.hpp"
#include "control_client.hpp"
#include "status_view.hpp"

#include <cstdio>

namespace activitytrack::agent_app {

int show_status(const Options& options) {
  auto configuration = load_configuration(options);
  if (!configuration) return complain(configuration.error().message, exit_usage);
  auto answer =
      ask_agent(agent_files(configuration->settings), {.command = ControlRequest::Command::status, .duration = {}});
  if (!answer) return complain(answer.error().message, exit_failed);
  auto text = options.has("json") ? status_json(*answer) + "\n" : format_status(*answer, system_clock().now());
  std::fputs(text.c_str(), stdout);
  return exit_done;
}

}  // namespace activitytrack::agent_app
