#include "commands.hpp"
#include "control.hpp"
#include "status_view.hpp"

namespace activitytrack::agent_app {
namespace {

/// An agent goes on with a configuration file that is gone, and only that may have named its buffer.
Error with_advice(Error error, const Options& options, const Configuration& configuration) {
  const bool may_be_elsewhere = configuration.file.empty() && !options.settings.contains("buffer_path");
  if (error.code == ErrorCode::unavailable && may_be_elsewhere)
    error.message +=
        "; or, if one runs whose configuration file is gone, put that back, or name its buffer by --buffer-path";
  return error;
}

/// Asks the agent whose buffer is the configuration's, and prints what `text` makes of its answer.
template <class Text>
int ask_and_print(const Options& options, const ControlRequest& request, Text text) {
  auto configuration = load_configuration(options);
  if (!configuration) return complain(configuration.error(), exit_usage);
  auto answer = ask_agent(agent_files(configuration->settings), request);
  if (!answer) return complain(with_advice(answer.error(), options, *configuration));
  return program::print(text(*answer));
}

int tell_agent(const Options& options, const ControlRequest& request, const std::string& done) {
  return ask_and_print(options, request, [&](const std::string&) { return done + "\n"; });
}

}  // namespace

int show_status(const Options& options) {
  return ask_and_print(options, {.command = ControlRequest::Command::status}, [&](const std::string& answer) {
    return options.line.has("json") ? status_json(answer) + "\n" : format_status(answer, system_clock().now());
  });
}

int pause_agent(const Options& options) {
  ControlRequest request{.command = ControlRequest::Command::pause};
  if (options.arguments.empty())
    return tell_agent(options, request, "Paused. Collect again with: activitytrack-agent resume");

  const auto& text = options.arguments.front();
  std::int64_t minutes = 0;
  if (const auto assigned = assign_setting({{text}, ""}, {1, max_pause_minutes, "min"}, minutes); !assigned)
    return complain({assigned.error().code, "MINUTES " + assigned.error().message +
                                                "; without it the pause lasts until activitytrack-agent resume"},
                    exit_usage);
  request.duration = std::chrono::minutes(minutes);
  return tell_agent(options, request, "Paused for " + text + " min. Collect before with: activitytrack-agent resume");
}

int resume_agent(const Options& options) {
  return tell_agent(options, {.command = ControlRequest::Command::resume}, "Collecting.");
}

}  // namespace activitytrack::agent_app
