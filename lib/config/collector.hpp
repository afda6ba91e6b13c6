#pragma once

#include <activitytrack/config/setting.hpp>

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// Gathers a file's keys, whatever its format: tells unknown keys and keys given twice, with the line.
class SettingCollector {
 public:
  /// `spelled[i]` is how this format writes `names.keys[i]`; "" where it has no place. All are borrowed.
  SettingCollector(std::string_view file, std::span<const std::string_view> spelled, const SettingNames& names,
                   SettingErrors& errors)
      : file_(file), spelled_(spelled), names_(names), errors_(errors) {}

  /// False, with an error for the line, unless the text is UTF-8 without NUL.
  bool readable(std::string_view text);

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

/// `text` without spaces, tabs and a carriage return at its ends.
std::string_view trimmed(std::string_view text);

}  // namespace activitytrack
