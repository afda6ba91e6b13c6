#include "config/collector.hpp"

#include "core/utf8.hpp"

#include <algorithm>
#include <numeric>

namespace activitytrack {
namespace {

constexpr std::size_t longest_name = 64;  // of a key, in a message and for the search of its neighbour

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j + 1] + 1, row[j] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

bool SettingCollector::readable(std::string_view text) {
  int line = 0;
  while (!text.empty()) {
    ++line;
    const std::string_view row = text.substr(0, text.find('\n'));
    if (row.find('\0') != row.npos) return error(line, "", "holds a NUL byte; the file must be text"), false;
    if (!is_utf8(row)) return error(line, "", "is not UTF-8; save the file in UTF-8"), false;
    text.remove_prefix(std::min(text.size(), row.size() + 1));
  }
  return true;
}

std::string SettingCollector::origin(int line) const {
  return std::string(file_) + (line > 0 ? ":" + std::to_string(line) : "");
}

void SettingCollector::error(int line, std::string_view name, std::string_view what) {
  errors_.add(origin(line), clean_utf8(name, longest_name), what);
}

bool SettingCollector::known(std::string_view name, int line) {
  if (!name.empty() && std::ranges::find(spelled_, name) != spelled_.end()) return true;
  const std::string_view hint = nearest(name);
  error(line, name, hint.empty() ? "unknown key" : "unknown key; did you mean " + std::string(hint) + "?");
  return false;
}

bool SettingCollector::begin(std::string_view name, int line) {
  if (!known(name, line)) return false;
  const auto [first, fresh] = first_lines_.emplace(name, line);
  if (!fresh) error(line, name, "given twice, first in line " + std::to_string(first->second));
  return fresh;
}

void SettingCollector::put(std::string_view name, int line, std::vector<std::string> values) {
  const auto place = static_cast<std::size_t>(std::ranges::find(spelled_, name) - spelled_.begin());
  texts_[std::string(names_.keys[place])] = {std::move(values), origin(line)};
}

/// The key that `name` was likely meant to be, also when it is spelled as the other format does; "" when
/// none is near.
std::string_view SettingCollector::nearest(std::string_view name) const {
  std::string_view best;
  if (name.size() > longest_name) return best;
  std::size_t least = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (std::size_t i = 0; i < spelled_.size(); ++i) {
    if (spelled_[i].empty()) continue;
    const auto distance = std::min(edit_distance(name, names_.keys[i]), edit_distance(name, names_.inis[i]));
    if (distance < least) least = distance, best = spelled_[i];
  }
  return best;
}

}  // namespace activitytrack
