#include "command.hpp"
#include "control_client.hpp"

#include <cstdio>

namespace activitytrack::agent_app {

namespace {

/// Which agent is meant hangs on the configuration's buffer alone.
int tell_agent(const Options& options, const ControlRequest& request, const std::string& done) {
  auto configuration = load_configuration(options);
  if (!configuration) return complain(configuration.error().message, exit_usage);
  auto answer = ask_agent(agent_files(configuration->settings), request);
  if (!answer) return complain(answer.error().message, exit_failed);
  std::puts(done.c_str());
  return exit_done;
}

}  // namespace

int pause_agent(const Options& options) {
  ControlRequest request{.command = ControlRequest::Command::pause, .duration = {}};
  if (options.arguments.empty())
    return tell_agent(options, request, "Paused. Collect again with: activitytrack-agent resume");

  const auto& text = options.arguments.front();
  std::int64_t minutes = 0;
  if (const auto assigned = assign_setting({{text}, ""}, {1, max_pause_minutes, "min"}, minutes); !assigned)
    return complain(
        "MINUTES " + assigned.error().message + "; without it the pause lasts until activitytrack-agent resume",
        exit_usage);
  request.duration = std::chrono::minutes(minutes);
  return tell_agent(options, request, "Paused for " + text + " min. Collect before with: activitytrack-agent resume");
}

int resume_agent(const Options& options) {
  return tell_agent(options, {.command = ControlRequest::Command::resume, .duration = {}}, "Collecting.");
}

}  // namespace activitytrack::agent_app
