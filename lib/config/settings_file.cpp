#include <activitytrack/config/setting.hpp>

#include "core/small_file.hpp"

namespace activitytrack {

SettingTexts read_settings_file(const std::string& file, const SettingNames& names, SettingErrors& errors) {
  constexpr std::size_t largest = 1 << 20;
  const auto text = read_file_start(file, largest + 1);
  if (!text || text->size() > largest) {
    errors.add(file, "", text ? "is larger than 1 MiB; settings are not" : text.error().message);
    return {};
  }
  return file.ends_with(".ini") ? parse_ini_settings(*text, file, names, errors)
                                : parse_yaml_settings(*text, file, names, errors);
}

}  // namespace activitytrack
