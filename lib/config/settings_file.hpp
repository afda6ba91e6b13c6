#pragma once

#include "config/setting.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// Gathers a file's keys, whatever its format, and reports unknown keys and keys given twice, with the line.
class SettingCollector {
 public:
  /// `spelled[i]` is how this format writes `names.keys[i]`; "" where it has no place. All are borrowed.
  SettingCollector(std::string_view file, std::span<const std::string_view> spelled, const SettingNames& names,
                   SettingErrors& errors)
      : file_(file), spelled_(spelled), names_(names), errors_(errors) {}

  /// The text without a byte order mark; nullopt, with an error for the line, unless it is UTF-8 without NUL.
  std::optional<std::string_view> readable(std::string_view text);

  /// Whether `name` is a key; if not, that is an error with the nearest key as a hint.
  bool known(std::string_view name, int line);

  /// Like known(), for a key that stands here for the first time.
  bool begin(std::string_view name, int line);

  void put(std::string_view name, int line, std::vector<std::string> values);
  void error(int line, std::string_view name, std::string_view what);

  SettingTexts take() { return std::move(texts_); }

 private:
  std::string origin(int line) const;
  std::string_view nearest(std::string_view name) const;

  std::string_view file_;
  std::span<const std::string_view> spelled_;
  const SettingNames& names_;
  SettingErrors& errors_;
  std::map<std::string, int, std::less<>> first_lines_;
  SettingTexts texts_;
};

/// A setting of the top level, by its key.
struct SettingLine {
  std::string_view key;
  std::string_view value;
};

/// The text of a settings file in which one setting is changed, or added: in YAML at the end, in INI (as its name says)
/// in the section [settings]. All else stays, comments too.
std::string with_setting(std::string_view file, std::string_view text, const SettingLine& setting);

}  // namespace activitytrack
