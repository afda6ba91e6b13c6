#include "options.hpp"

#include "command.hpp"

#include <activitytrack/config/settings.hpp>

#include <algorithm>
#include <array>

namespace activitytrack::agent_app {

namespace {

constexpr std::array<program::Group, 6> groups{{
    {"Server", {"server_url", "credential", "ca_file", "machine_id"}},
    {"Collecting", {"collect_", "idle_", "features.track", "features.window"}},
    {"Buffer and sending", {"buffer_", "send_"}},
    {"Screenshots", {"features.screenshots", "screenshots."}},
    {"S3", {"s3."}},
    {"Log", {"log_"}},
}};

Error usage_error(const std::string& what, const std::string& command) {
  return program::usage_error(std::string(program_name) + " " + command, what);
}

Error unknown_command(const std::string& name) {
  std::string names;
  for (const auto& each : commands()) names += (names.empty() ? "" : ", ") + std::string(each.name);
  return program::usage_error(program_name, "unknown command '" + name + "'; it is one of " + names);
}

/// What is on the line has to fit the command: an option that it would pass over is a mistake.
Result<void> check_fit(const Options& options) {
  const Command* command = find_command(options.command);
  if (!command) return unknown_command(options.command);
  if (options.has("help")) return {};
  for (const auto& option : command_options()) {
    if (options.has(option.name) && std::ranges::find(command->options, option.name) == command->options.end())
      return usage_error("option --" + option.name + " is not for the command " + options.command, options.command);
  }
  if (options.arguments.size() < command->min_arguments)
    return usage_error("the command " + options.command + " needs an argument", options.command);
  if (options.arguments.size() > command->max_arguments)
    return usage_error(
        "the command " + options.command + " takes no '" + options.arguments[command->max_arguments] + "'",
        options.command);
  return {};
}

}  // namespace

std::span<const program::Option> command_options() {
  static const std::array<program::Option, 3> table{{
      {"json", "", "Print JSON."},
      {"interval", "SEC", "Length of an interval. From 1 to 3600. [60 s]"},
      {"start", "TIME", "When the traces begin, RFC 3339. [2024-01-15T00:00:00Z]"},
  }};
  return table;
}

std::vector<program::Option> common_options() {
  auto options = program::standard_options();
  std::ranges::move(program::setting_options(settings_table(), groups), std::back_inserter(options));
  return options;
}

Result<Options> parse_options(const std::vector<std::string>& arguments) {
  auto known = common_options();
  std::ranges::copy(command_options(), std::back_inserter(known));
  auto line = program::parse_command_line(program_name, arguments, known);
  if (!line) return line.error();

  Options options;
  options.arguments = line->words;
  if (!options.arguments.empty()) {
    options.command = options.arguments.front();
    options.command_given = true;
    options.arguments.erase(options.arguments.begin());
  }
  options.settings = line->settings(setting_names(settings_table()));
  options.line = std::move(*line);
  if (auto fits = check_fit(options); !fits) return fits.error();
  return options;
}

}  // namespace activitytrack::agent_app
