#include "common/help.hpp"

#include <algorithm>

namespace activitytrack::program {

namespace {

constexpr std::size_t line_width = 100;
constexpr std::size_t text_column = 34;

}  // namespace

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
