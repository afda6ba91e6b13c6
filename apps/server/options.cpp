#include "commands.hpp"

#include "common/command_line.hpp"
#include "common/program.hpp"

#include <algorithm>
#include <array>

namespace activitytrack::server {
namespace {

constexpr std::array<program::Group, 7> groups{{
    {"Where", {"listen", "database", "data_dir", "trusted_proxy", "insecure_listen"}},
    {"Who", {"auth"}},
    {"TLS", {"tls_", "hsts_"}},
    {"Keep", {"retention_", "hours_", "audit_"}},
    {"Screenshots", {"screenshots", "max_screenshot", "s3_"}},
    {"Limits", {"max_", "header_", "body_", "write_", "idle_"}},
    {"Log", {"log_"}},
}};

std::vector<program::Option> common_options() {
  auto options = program::standard_options();
  std::ranges::move(program::setting_options(server_settings_table(), groups), std::back_inserter(options));
  return options;
}

std::string help_text() {
  std::string text =
      "activitytrack-server takes events from agents, keeps them, and answers for them.\n\n"
      "Usage: activitytrack-server [COMMAND] [OPTION...]\n\nCommands:\n";
  for (const Command& command : commands()) {
    program::append_entry(text, command.name,
                          std::string(command.summary) + (command.name == "serve" ? " (the default)" : ""));
  }
  text += "\nactivitytrack-server COMMAND --help says more of a command.\n";
  program::append_options(text, common_options());
  return text + program::help_ending("server", "another server runs");
}

std::string help_text_of(const Command& command) {
  std::string text = "Usage: activitytrack-server " + std::string(command.name);
  if (!command.arguments.empty()) text += " " + std::string(command.arguments);
  text += " [OPTION...]\n\n" + std::string(command.summary) + ".\n";
  if (!command.detail.empty()) text += "\n" + std::string(command.detail) + "\n";
  if (!command.options.empty()) text += "\nOptions:\n";
  for (const auto& option : command_options()) {
    if (std::ranges::find(command.options, option.name) != command.options.end()) program::append_option(text, option);
  }
  return text + "\nFor the options of all commands see activitytrack-server --help.\n";
}

Error unknown_command(const std::vector<std::string>& words) {
  std::string name, names;
  for (const std::string& word : words) name += (name.empty() ? "" : " ") + word;
  for (const Command& each : commands()) names += (names.empty() ? "" : ", ") + std::string(each.name);
  return program::usage_error(program_name, "unknown command '" + name + "'; it is one of " + names);
}

/// What is on the line has to fit the command: an option that it would pass over is a mistake.
Result<void> check_fit(const Command& command, const Options& options) {
  const std::string name(command.name);
  const auto wrong = [&](const std::string& what) {
    return program::usage_error(std::string(program_name) + " " + name, what);
  };
  for (const auto& option : command_options()) {
    const bool takes = std::ranges::find(command.options, option.name) != command.options.end();
    if (options.line.has(option.name) && !takes)
      return wrong("option --" + option.name + " is not for the command " + name);
  }
  if (options.arguments.size() < command.takes.least) return wrong("the command " + name + " needs an argument");
  if (options.arguments.size() > command.takes.most) {
    return wrong("the command " + name + " takes no '" + options.arguments[command.takes.most] + "'");
  }
  return {};
}

void complete(ServerSettings& settings) {
  if (settings.data_dir.empty()) settings.data_dir = default_data_dir();
  if (settings.screenshots.empty()) settings.screenshots = "file:" + settings.data_dir + "/screenshots";
  if (settings.database.empty()) settings.database = "sqlite:" + settings.data_dir + "/server.db";
}

}  // namespace

std::span<const program::Option> command_options() {
  static const std::array table{
      program::Option{"json", "", "Print JSON."},
      program::Option{"uses", "N", "How many machines may enrol with it. [1]"},
      program::Option{"expires", "TIME",
                      "How long it is good: 90m, 24h, 30d. [24h to enrol, 90d for a person's token]"},
      program::Option{"label", "TEXT", "What it is for."},
      program::Option{"replace", "", "Also for machines that are enrolled already; their old credentials end."},
      program::Option{"role", "ROLE", "admin, manager, viewer or self."},
      program::Option{"machine", "ID", "A machine that is given to them. May be given again.", "Options", true},
      program::Option{"key", "FILE", "The private key that opens what is sealed (activitytrack-report keygen)."},
      program::Option{"write", "", "The token may change what its person may change; without it, it only reads."},
  };
  return table;
}

Result<Options> read_options(const std::vector<std::string>& arguments) {
  auto known = common_options();
  std::ranges::copy(command_options(), std::back_inserter(known));
  auto line = program::parse_command_line(program_name, arguments, known);
  if (!line) return line.error();
  if (line->has("version")) return Options{.print = program::version_text(program_name), .settings = {}};
  const std::vector<std::string> words = line->words.empty() ? std::vector<std::string>{"serve"} : line->words;
  const Command* command = find_command(words);
  if (line->has("help")) {
    const bool of_one = command && !line->words.empty();
    return Options{.print = of_one ? help_text_of(*command) : help_text(), .settings = {}};
  }
  if (!command) return unknown_command(words);
  Options options{.print = "", .settings = {}, .command = command, .all = arguments};
  const auto of_name = 1 + std::ranges::count(command->name, ' ');
  options.arguments.assign(words.begin() + of_name, words.end());
  options.line = std::move(*line);
  if (auto fits = check_fit(*command, options); !fits) return fits.error();
  const auto table = server_settings_table();
  auto settings =
      load_settings(table, options.line.settings_file("server"), options.line.settings(setting_names(table)));
  if (!settings) return settings.error();
  complete(*settings);
  if (auto fits = check_together(*settings); !fits) return fits.error();
  options.settings = std::move(*settings);
  return options;
}

}  // namespace activitytrack::server
