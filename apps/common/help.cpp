#include "common/help.hpp"

#include <algorithm>
#include <vector>

namespace activitytrack::program {
namespace {

constexpr std::size_t narrowest = 40, widest = 100, widest_left = 34;

/// Takes the next word off `text`; [what is in brackets] is one.
std::string_view take_word(std::string_view& text) {
  const auto first = text.find_first_not_of(" \n");
  if (first == text.npos) return text = {};
  text.remove_prefix(first);
  const auto closed = text.starts_with('[') ? text.find(']') : 0;
  const auto word = text.substr(0, text.find_first_of(" \n", closed == text.npos ? 0 : closed));
  text.remove_prefix(word.size());
  return word;
}

}  // namespace

HelpPage::HelpPage(int columns)
    : width_(std::clamp(static_cast<std::size_t>(std::max(columns, 0)), narrowest, widest)),
      column_(std::min(widest_left, width_ * 2 / 5)) {}

void HelpPage::words(std::string_view text, std::size_t indent) {
  std::size_t used = text_.size() - (text_.rfind('\n') + 1);
  bool begun = used > indent;
  for (std::string_view word = take_word(text); !word.empty(); word = take_word(text)) {
    if (begun && used + 1 + word.size() > width_) {
      text_.append("\n").append(indent, ' ');
      used = indent;
      begun = false;
    }
    if (begun) text_ += ' ', ++used;
    text_ += word;
    used += word.size();
    begun = true;
  }
  text_ += '\n';
}

void HelpPage::paragraph(std::string_view text, std::size_t indent) {
  if (!text_.empty()) text_ += '\n';
  words(text, indent);
}

void HelpPage::heading(std::string_view title) { paragraph(std::string(title) + ":"); }

void HelpPage::entry(std::string_view left, std::string_view text) {
  text_.append("  ").append(left);
  const std::size_t used = 2 + left.size();
  if (used + 2 > column_)
    text_.append("\n").append(column_, ' ');
  else
    text_.append(column_ - used, ' ');
  words(text, column_);
}

void HelpPage::option(const Option& option) {
  std::string left = (option.name == "help" ? "-h, --" : "--") + option.name;
  if (!option.value.empty()) left += " " + option.value;
  entry(left, option.help);
}

void HelpPage::options(std::span<const Option> options) {
  std::vector<std::string_view> groups;
  for (const Option& option : options)
    if (std::ranges::find(groups, option.group) == groups.end()) groups.push_back(option.group);
  for (const std::string_view group : groups) {
    heading(group);
    for (const Option& option : options)
      if (option.group == group) this->option(option);
  }
}

void append_ending(HelpPage& page, std::string_view stem, std::string_view busy) {
  const std::string file = "activity-tracker/" + std::string(stem) + ".yaml";
  page.paragraph(
      "Every option that takes a value can also stand in the environment, as ACTIVITYTRACK_<OPTION> in capitals with _ "
      "for -, and all but those below Options in the configuration file. The command line wins over the environment, "
      "and that over the file: the first of --config FILE, ~/.config/" +
      file + " and /etc/" + file + ". [Defaults] stand in brackets.");
  std::string codes = "Exit codes: 0 done; 1 failed while running; 2 wrong usage or configuration";
  if (!busy.empty()) codes.append("; 75 ").append(busy);
  page.paragraph(codes + ".");
}

}  // namespace activitytrack::program
