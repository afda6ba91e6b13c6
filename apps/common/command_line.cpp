#include "common/command_line.hpp"

#include <boost/program_options.hpp>

#include <algorithm>
#include <cstdlib>

namespace activitytrack::program {

namespace po = boost::program_options;

namespace {

// The layout of help.
constexpr std::size_t line_width = 100;
constexpr std::size_t text_column = 34;

po::options_description described(std::span<const Option> options) {
  po::options_description description;
  auto add = description.add_options();
  for (const Option& option : options) {
    const std::string name = option.name == "help" ? "help,h" : option.name;
    if (option.value.empty())
      add(name.c_str(), "");
    else
      add(name.c_str(), po::value<std::string>(), "");
  }
  return description;
}

bool is_repeatable(std::string_view name, std::span<const Option> options) {
  const auto found = std::ranges::find(options, name, &Option::name);
  return found != options.end() && found->repeatable;
}

}  // namespace

std::string CommandLine::get(std::string_view name, std::string_view otherwise) const {
  const auto found = options.find(name);
  if (found != options.end() && !found->second.empty()) return found->second.front();
  const char* set = std::getenv(environment_name(name).c_str());
  return set && *set ? set : std::string(otherwise);
}

SettingTexts CommandLine::settings(const SettingNames& names) const {
  SettingTexts texts;
  for (const std::string_view key : names.keys) {
    const std::string name = option_name(key);
    if (const auto found = options.find(name); found != options.end())
      texts[std::string(key)] = {found->second, "option --" + name};
  }
  return texts;
}

std::string CommandLine::settings_file(std::string_view stem) const {
  const std::string named = get("config", "");
  return named.empty() ? find_settings_file(stem) : named;
}

Result<CommandLine> parse_command_line(std::string_view program, const std::vector<std::string>& arguments,
                                       std::span<const Option> options) {
  using style = po::command_line_style::style_t;
  constexpr int exact = style::unix_style & ~style::allow_guessing & ~style::allow_sticky;
  CommandLine line;
  try {
    const auto description = described(options);
    const auto parsed = po::command_line_parser(arguments).options(description).style(exact).run();
    for (const auto& [name, position, values, original, unregistered, other_case] : parsed.options) {
      auto& into = name.empty() ? line.words : line.options[name];
      if (!name.empty() && !into.empty() && !is_repeatable(name, options))
        return Error{ErrorCode::invalid_input, "option --" + name + " is given more than once; give it once"};
      into.insert(into.end(), values.begin(), values.end());
    }
  } catch (const po::error& error) {
    return usage_error(program, error.what());
  }
  return line;
}

Error usage_error(std::string_view helped, std::string_view what) {
  return {ErrorCode::invalid_input, std::string(what) + "; see " + std::string(helped) + " --help"};
}

std::vector<Option> standard_options() {
  return {{"config", "FILE", "Configuration file; *.ini is read as INI, all else as YAML."},
          {"help", "", "Show this help."},
          {"version", "", "Show the version."}};
}

std::string group_of(std::string_view key, std::span<const Group> groups) {
  for (const Group& group : groups) {
    const auto begins = [&](std::string_view prefix) { return !prefix.empty() && key.starts_with(prefix); };
    if (std::ranges::any_of(group.prefixes, begins)) return std::string(group.title);
  }
  return "More";
}

std::string number_name(std::string_view unit) {
  if (unit.empty()) return "N";
  if (unit == "s") return "SEC";
  if (unit == "min") return "MIN";
  return std::string(unit == "days" ? "DAYS" : unit);
}

void append_entry(std::string& out, std::string_view left, std::string_view text) {
  std::string line = "  " + std::string(left);
  if (line.size() + 2 > text_column) {
    out += line + '\n';
    line.clear();
  }
  line.resize(text_column, ' ');
  while (!text.empty()) {
    const auto word = text.starts_with('[') ? text : text.substr(0, text.find(' '));
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

void append_option(std::string& out, const Option& option) {
  std::string left = (option.name == "help" ? "-h, --" : "--") + option.name;
  if (!option.value.empty()) left += " " + option.value;
  append_entry(out, left, option.help);
}

void append_options(std::string& out, std::span<const Option> options) {
  std::vector<std::string_view> groups;
  for (const Option& option : options)
    if (std::ranges::find(groups, option.group) == groups.end()) groups.push_back(option.group);
  for (const std::string_view group : groups) {
    out.append("\n").append(group) += ":\n";
    for (const Option& option : options)
      if (option.group == group) append_option(out, option);
  }
}

std::string help_ending(std::string_view stem, std::string_view busy) {
  const std::string file = "activity-tracker/" + std::string(stem) + ".yaml";
  std::string text =
      "\nEvery option that takes a value can also stand in the environment, as ACTIVITYTRACK_<OPTION> in\n"
      "capitals with _ for -, and all but those below Options in the configuration file. The command line\n"
      "wins over the environment, and that over the file: the first of --config FILE,\n~/.config/" +
      file + " and /etc/" + file +
      ".\n[Defaults] stand in brackets.\n\n"
      "Exit codes: 0 done; 1 failed while running; 2 wrong usage or configuration";
  if (!busy.empty()) text.append("; 75 ").append(busy);
  return text + ".\n";
}

}  // namespace activitytrack::program
