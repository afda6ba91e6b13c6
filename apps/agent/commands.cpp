#include "commands.hpp"

#include "common/command_line.hpp"
#include "config/settings_table.hpp"

#include <algorithm>
#include <array>

namespace activitytrack::agent_app {
namespace {

constexpr std::array<std::string_view, 1> json_only{"json"};
constexpr std::array<std::string_view, 2> replay_option_names{"interval", "start"};

const std::array<Command, 7> command_table{{
    {.name = "run",
     .arguments = "",
     .summary = "Collect, buffer and send until stopped",
     .detail = "SIGTERM and SIGINT end it cleanly: what was collected is on disk, and is sent if the server answers\n"
               "within 5 s. SIGHUP, or a change of the configuration file, puts the new configuration in force.\n"
               "One agent runs for each buffer; a second one ends with exit code 75.",
     .run = run_agent},
    {.name = "status",
     .arguments = "[--json]",
     .summary = "Show what the running agent does, counts and has sent",
     .detail = "",
     .options = json_only,
     .run = show_status},
    {.name = "pause",
     .arguments = "[MINUTES]",
     .summary = "Stop collecting, for MINUTES or until resumed",
     .detail = "",
     .max_arguments = 1,
     .run = pause_agent},
    {.name = "resume", .arguments = "", .summary = "Collect again", .detail = "", .run = resume_agent},
    {.name = "doctor",
     .arguments = "[--json]",
     .summary = "Check display, clock, disk, server and more; say what to do",
     .detail = "One line for each check. The exit code is 0 if nothing is wrong, else 1.",
     .options = json_only,
     .run = diagnose},
    {.name = "enroll",
     .arguments = "URL TOKEN",
     .summary = "Trade an enrolment token for this machine's own credential",
     .detail = "Asks the server at URL (https://host[:port][/prefix]), and writes server_url and credential into the\n"
               "configuration file, which is then for its owner only. A running agent takes them over by itself.\n"
               "An administrator makes tokens by: activitytrack-server enroll-token create",
     .min_arguments = 2,
     .max_arguments = 2,
     .run = enroll_machine},
    {.name = "replay",
     .arguments = "TRACE... [--interval SEC] [--start TIME] [--machine-id ID]",
     .summary = "Run recorded input through the agent's counting, and print the events",
     .detail = "A trace is CSV, gzipped or not, with the header t_us,kind,a,b. It runs in virtual time, as fast as\n"
               "it can, and gives one event a line (JSON) on standard output for each interval from its first row\n"
               "to its last, with input or without. The configuration file is not read. Each of several traces\n"
               "starts anew, with its file's name without .csv or .csv.gz as machine_id.",
     .min_arguments = 1,
     .max_arguments = std::size_t(-1),
     .options = replay_option_names,
     .run = replay_traces},
}};

constexpr std::array<program::Group, 6> groups{{
    {"Server", {"server_url", "credential", "ca_file", "machine_id"}},
    {"Collecting", {"collect_", "idle_", "features.track", "features.window"}},
    {"Buffer and sending", {"buffer_", "send_"}},
    {"Screenshots", {"features.screenshots", "screenshots."}},
    {"S3", {"s3."}},
    {"Log", {"log_"}},
}};

Error unknown_command(const std::string& name) {
  std::string names;
  for (const auto& each : commands()) names += (names.empty() ? "" : ", ") + std::string(each.name);
  return program::usage_error(program_name, "unknown command '" + name + "'; it is one of " + names);
}

/// What is on the line has to fit the command: an option that it would ignore is a mistake.
Result<void> check_fit(const Options& options) {
  const std::string& name = options.command;
  const Command* command = find_command(name);
  if (!command) return unknown_command(name);
  if (options.has("help")) return {};
  const auto wrong = [&](const std::string& what) {
    return program::usage_error(std::string(program_name) + " " + name, what);
  };
  for (const auto& option : command_options()) {
    const bool taken = std::ranges::find(command->options, option.name) != command->options.end();
    if (options.has(option.name) && !taken) return wrong("option --" + option.name + " is not for the command " + name);
  }
  if (options.arguments.size() < command->min_arguments) return wrong("the command " + name + " needs an argument");
  if (options.arguments.size() > command->max_arguments)
    return wrong("the command " + name + " takes no '" + options.arguments[command->max_arguments] + "'");
  return {};
}

}  // namespace

std::span<const Command> commands() { return command_table; }

const Command* find_command(std::string_view name) {
  auto found = std::ranges::find(command_table, name, &Command::name);
  return found == command_table.end() ? nullptr : &*found;
}

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

std::string help_text() {
  std::string out =
      "activitytrack-agent counts a person's activity at this computer, keeps it safe, and sends it on.\n\n"
      "Usage: activitytrack-agent [COMMAND] [OPTION...]\n\nCommands:\n";
  for (const auto& command : commands()) {
    std::string text(command.summary);
    if (command.name == "run") text += " (the default)";
    program::append_entry(out, command.name, text);
  }
  out += "\nactivitytrack-agent COMMAND --help says more of a command.\n";
  program::append_options(out, common_options());
  return out + program::help_ending("config", "another agent runs");
}

std::string help_text_of(std::string_view name) {
  const Command* command = find_command(name);
  if (!command) return help_text();
  std::string out = "Usage: activitytrack-agent " + std::string(name);
  if (!command->arguments.empty()) out += " " + std::string(command->arguments);
  out += " [OPTION...]\n\n" + std::string(command->summary) + ".\n";
  if (!command->detail.empty()) out += "\n" + std::string(command->detail) + "\n";
  if (!command->options.empty()) out += "\nOptions:\n";
  for (const auto& option : command_options())
    if (std::ranges::find(command->options, option.name) != command->options.end()) program::append_option(out, option);
  return out + "\nFor the options of all commands see activitytrack-agent --help.\n";
}

}  // namespace activitytrack::agent_app
