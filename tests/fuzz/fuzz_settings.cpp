// Any bytes as a YAML and as an INI file: parsers that never crash, and settings that are whole or refused.
#include "config/settings_table.hpp"
#include "core/text.hpp"

#include <cstdint>
#include <cstdlib>

using namespace activitytrack;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const SettingTexts& texts, SettingErrors& errors) {
  Settings settings;
  apply_settings(settings_table(), texts, settings, errors);
  for (const std::string& line : errors.lines) require(line.starts_with("f:") && is_utf8(line));
  for (const auto& row : settings_table()) {
    if (const auto* number = std::get_if<std::int64_t Settings::*>(&row.member)) {
      require(settings.**number >= row.min && settings.**number <= row.max);
    } else if (const auto* text = std::get_if<std::string Settings::*>(&row.member)) {
      require(check_setting(row, settings.**text).has_value());
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const SettingNames names = setting_names(settings_table());
  SettingErrors yaml_errors, ini_errors;
  check(parse_yaml_settings(text, "f", names, yaml_errors), yaml_errors);
  check(parse_ini_settings(text, "f", names, ini_errors), ini_errors);
  return 0;
}
