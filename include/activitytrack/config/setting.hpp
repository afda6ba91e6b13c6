#pragma once

#include <activitytrack/core/result.hpp>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace activitytrack {

/// One row of a program's table of settings. The table is the one source for YAML, INI, options on the
/// command line, environment variables, validation, `--help` and docs/settings.md.
template <class S>
struct Setting {
  std::string_view key;   ///< in YAML, dotted: "screenshots.interval_min"
  std::string_view ini;   ///< in the [settings] section of an INI file; "" if it has no place there
  std::variant<bool S::*, std::int64_t S::*, std::string S::*, std::vector<std::string> S::*> member;
  std::string_view unit;  ///< "s", "min", "MiB", ... or ""
  std::string_view help;  ///< one sentence for a person
  std::int64_t min = 0;   ///< of numbers
  std::int64_t max = 0;
  bool secret = false;         ///< its value is never printed or logged
  bool needs_restart = false;  ///< a change is in force only after a restart
  Result<void> (*check)(std::string_view text) = nullptr;  ///< of strings: beyond their type
};

/// A value as text, and where it stands: for messages that lead a person to the place.
struct SettingText {
  std::vector<std::string> values;  ///< one, or a list's
  std::string origin;               ///< "/etc/x.yaml:12", "option --server-url", "environment variable X"
};

/// Values by the settings' keys.
using SettingTexts = std::map<std::string, SettingText, std::less<>>;

/// Everything wrong with a configuration, one line each: "FILE:LINE: KEY: what, and what to do".
struct SettingErrors {
  std::vector<std::string> lines;
  std::string joined() const;
};

/// Lets what is in `over` win over what is in `base`.
SettingTexts overlay(SettingTexts base, const SettingTexts& over);

/// Applies texts to a value that holds the defaults; the first error per key is added to `errors`.
/// Instantiated in lib/config for each program's settings.
template <class S>
void apply_settings(std::span<const Setting<S>> table, const SettingTexts& texts, S& into,
                    SettingErrors& errors);

/// The keys of a table, which is all a parser needs to know of it.
struct SettingNames {
  std::vector<std::string_view> keys;
  std::vector<std::string_view> inis;
};
template <class S>
SettingNames setting_names(std::span<const Setting<S>> table) {
  SettingNames names;
  for (const auto& row : table) names.keys.push_back(row.key), names.inis.push_back(row.ini);
  return names;
}

/// Reads YAML (nested maps, keys dotted in the result). Unknown keys and wrong shapes are errors, with
/// file and line. `file` is for messages only.
SettingTexts parse_yaml_settings(std::string_view text, std::string_view file, const SettingNames& names,
                                 SettingErrors& errors);

/// Reads INI: the section [settings]; keys are given back by their YAML names.
SettingTexts parse_ini_settings(std::string_view text, std::string_view file, const SettingNames& names,
                                SettingErrors& errors);

/// Reads a file, as INI if its name ends in ".ini", else as YAML. At most 1 MiB.
SettingTexts read_settings_file(const std::string& file, const SettingNames& names, SettingErrors& errors);

/// ACTIVITYTRACK_<KEY>, where KEY is the key in capitals with "_" for ".".
SettingTexts environment_settings(const SettingNames& names);
std::string environment_name(std::string_view key);

/// The option for a key: "screenshots.interval_min" is --screenshots-interval-min.
std::string option_name(std::string_view key);

}  // namespace activitytrack
