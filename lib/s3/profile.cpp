#include "s3/profile.hpp"

#include <algorithm>

namespace activitytrack {
namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Without what a "#" or ";" behind a blank begins.
std::string_view without_comment(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if ((text[i] == '#' || text[i] == ';') && blanks.find(text[i - 1]) != blanks.npos) return text.substr(0, i);
  }
  return text;
}

bool heads(std::string_view section, std::string_view name, bool config) {
  constexpr std::string_view word = "profile";
  if (config && section.starts_with(word) && section.size() > word.size() &&
      blanks.find(section[word.size()]) != blanks.npos) {
    section = trim(section.substr(word.size()));
  } else if (config && section != "default") {
    return false;
  }
  if (section.size() > 1 && section.front() == '"' && section.back() == '"') {
    section = section.substr(1, section.size() - 2);
  }
  return section == name;
}

}  // namespace

bool read_profile(std::string_view file, std::string_view name, bool config, Profile& profile) {
  bool inside = false, found = false;
  while (!file.empty()) {
    const std::string_view line = file.substr(0, file.find('\n'));
    file.remove_prefix(std::min(line.size() + 1, file.size()));
    // What is indented belongs to the key above it, and is none of ours.
    if (line.empty() || line[0] == '#' || line[0] == ';' || blanks.find(line[0]) != blanks.npos) continue;
    if (line[0] == '[') {
      const auto end = line.find(']');
      inside = end != line.npos && heads(trim(line.substr(1, end - 1)), name, config);
      found = found || inside;
      continue;
    }
    const auto equals = line.find('=');
    if (!inside || equals == line.npos) continue;
    profile.emplace(trim(line.substr(0, equals)), trim(without_comment(line.substr(equals + 1))));
  }
  return found;
}

}  // namespace activitytrack
