#include "common/option.hpp"

#include <algorithm>

namespace activitytrack::program {

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

}  // namespace activitytrack::program
