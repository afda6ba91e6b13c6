#include <activitytrack/config/setting.hpp>

#include <cstdlib>

namespace activitytrack {

std::string environment_name(std::string_view key) {
  std::string name = "ACTIVITYTRACK_";
  for (const char c : key) {
    name += c == '.' || c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

SettingTexts environment_settings(const SettingNames& names) {
  SettingTexts texts;
  for (const std::string_view key : names.keys) {
    const std::string name = environment_name(key);
    const char* value = std::getenv(name.c_str());
    if (value && *value) texts[std::string(key)] = {{value}, "environment variable " + name};
  }
  return texts;
}

std::string option_name(std::string_view key) {
  std::string name(key);
  for (char& c : name) {
    if (c == '.' || c == '_') c = '-';
  }
  return name;
}

}  // namespace activitytrack
