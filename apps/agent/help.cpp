#include "command.hpp"
#include "settings_view.hpp"

#include <algorithm>
#include <array>

namespace activitytrack::agent_app {

namespace {

constexpr std::size_t line_width = 100;
constexpr std::size_t text_column = 34;

/// `left`, then `text` from the text column on, broken between words.
void append_entry(std::string& out, std::string_view left, std::string_view text) {
  std::string line = "  " + std::string(left);
  if (line.size() + 2 > text_column) {
    out += line + '\n';
    line.clear();
  }
  line.resize(text_column, ' ');
  while (!text.empty()) {
    auto word = text.substr(0, text.find(' '));
    if (line.size() + 1 + word.size() > line_width) {
      out += line + '\n';
      line.assign(text_column, ' ');
    }
    if (line.size() > text_column) line += ' ';
    line.append(word);
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  out += line + '\n';
}

struct Group {
  std::string_view title;
  std::array<std::string_view, 4> prefixes;
};

/// A setting stands in the first group that has a prefix of its key; the last takes what is left.
constexpr std::array<Group, 7> groups{{
    {"Server", {"server_url", "credential", "ca_file", "machine_id"}},
    {"Collecting", {"collect_", "idle_", "features.track", "features.window"}},
    {"Buffer and sending", {"buffer_", "send_"}},
    {"Screenshots", {"features.screenshots", "screenshots."}},
    {"S3", {"s3."}},
    {"Log", {"log_"}},
    {"More", {""}},
}};

bool has_prefix(const Group& group, std::string_view key) {
  return std::ranges::any_of(group.prefixes, [&](std::string_view prefix) {
    return (&group == &groups.back() || !prefix.empty()) && key.starts_with(prefix);
  });
}

std::string_view value_name(const Setting<Settings>& row) {
  if (std::holds_alternative<bool Settings::*>(row.member)) return "BOOL";
  if (!std::holds_alternative<std::int64_t Settings::*>(row.member)) return "TEXT";
  if (row.unit == "s") return "SEC";
  if (row.unit == "min") return "MIN";
  return row.unit.empty() ? "N" : row.unit;
}

void append_setting(std::string& out, const Setting<Settings>& row) {
  static const Settings defaults;
  std::string text(row.help);
  if (std::holds_alternative<std::int64_t Settings::*>(row.member))
    text += " From " + std::to_string(row.min) + " to " + std::to_string(row.max) + ".";
  if (auto value = setting_text(defaults, row); !value.empty())
    text += " [" + value + (row.unit.empty() ? "" : " " + std::string(row.unit)) + "]";
  append_entry(out, "--" + option_name(row.key) + " " + std::string(value_name(row)), text);
}

void append_settings(std::string& out) {
  for (const auto& group : groups) {
    std::string part;
    for (const auto& row : settings_table()) {
      auto first = std::ranges::find_if(groups, [&](const Group& each) { return has_prefix(each, row.key); });
      if (&*first == &group) append_setting(part, row);
    }
    if (!part.empty()) (out += "\n" + std::string(group.title) + ":\n") += part;
  }
}

void append_own(std::string& out, const OwnOption& option) {
  std::string left = option.name == "help" ? "-h, --help" : "--" + std::string(option.name);
  if (!option.value.empty()) left += " " + std::string(option.value);
  append_entry(out, left, option.help);
}

}  // namespace

std::string help_text() {
  std::string out =
      "activitytrack-agent counts a person's activity at this computer, keeps it safe, and sends it on.\n\n"
      "Usage: activitytrack-agent [COMMAND] [OPTION...]\n\nCommands:\n";
  for (const auto& command : commands()) {
    std::string text(command.summary);
    if (command.name == "run") text += " (the default)";
    append_entry(out, command.name, text);
  }
  out += "\nactivitytrack-agent COMMAND --help tells more of a command.\n\nOptions:\n";
  for (const auto& option : own_options())
    if (option.everywhere) append_own(out, option);
  append_settings(out);
  return out +
         "\nEvery option can also stand in the environment, as ACTIVITYTRACK_<OPTION> in capitals with _ for "
         "-,\n"
         "and the settings from Server on in the configuration file. The command line wins over the "
         "environment,\n"
         "and that over the file: the first of --config FILE, ~/.config/activity-tracker/config.yaml and\n"
         "/etc/activity-tracker/config.yaml. [Defaults] stand in brackets.\n\n"
         "Exit codes: 0 done; 1 failed while running; 2 wrong usage or configuration; 75 another agent "
         "runs.\n";
}

std::string help_text_of(std::string_view name) {
  const Command* command = find_command(name);
  if (!command) return help_text();
  std::string out = "Usage: activitytrack-agent " + std::string(name);
  if (!command->arguments.empty()) out += " " + std::string(command->arguments);
  out += " [OPTION...]\n\n" + std::string(command->summary) + ".\n";
  if (!command->detail.empty()) out += "\n" + std::string(command->detail) + "\n";
  if (!command->options.empty()) out += "\nOptions:\n";
  for (const auto& option : own_options())
    if (std::ranges::find(command->options, option.name) != command->options.end()) append_own(out, option);
  return out + "\nFor the options of all commands see activitytrack-agent --help.\n";
}

}  // namespace activitytrack::agent_app
