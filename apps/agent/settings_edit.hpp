#pragma once

#include <activitytrack/core/result.hpp>

#include <string>
#include <string_view>

namespace activitytrack::agent_app {

/// A setting of the top level, by its key.
struct SettingLine {
  std::string_view key;
  std::string_view value;
};

/// The text of a YAML settings file in which one setting is changed, or added at the end; all else stays,
/// comments too.
std::string with_yaml_setting(std::string_view text, const SettingLine& setting);

/// The same of an INI file, in its section [settings].
std::string with_ini_setting(std::string_view text, const SettingLine& setting);

/// Replaces a file, or makes it and its folder, for its owner alone: whole and durably, or not at all.
Result<void> write_private_file(const std::string& file, std::string_view text);

}  // namespace activitytrack::agent_app
