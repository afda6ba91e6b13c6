#include "config/yaml_text.hpp"

#include <algorithm>

namespace activitytrack {

int tab_indented_line(std::string_view text) {
  for (int line = 1; !text.empty(); ++line) {
    const std::string_view row = text.substr(0, text.find('\n'));
    const std::string_view indent = row.substr(0, row.find_first_not_of(" \t\r"));
    if (indent.size() < row.size() && indent.find('\t') != indent.npos) return line;
    text.remove_prefix(std::min(text.size(), row.size() + 1));
  }
  return 0;
}

bool quote_closed(std::string_view text, std::size_t at) {
  text.remove_prefix(std::min(at, text.size()));
  const std::string_view line = text.substr(0, text.find('\n'));
  const char quote = line.empty() ? ' ' : line[0];
  if (quote != '"' && quote != '\'') return true;
  for (std::size_t i = 1; i < line.size(); ++i) {
    const bool doubled = quote == '\'' && line.substr(i).starts_with("''");  // stands for one
    const bool escaped = quote == '"' && line[i] == '\\';
    if (doubled || escaped) {
      ++i;
    } else if (line[i] == quote) {
      return true;
    }
  }
  return false;
}

}  // namespace activitytrack
