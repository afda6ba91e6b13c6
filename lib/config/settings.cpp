#include <activitytrack/config/settings.hpp>

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

namespace activitytrack {
namespace {

namespace fs = std::filesystem;

fs::path home() {
  if (const char* value = std::getenv("HOME"); value && *value) return value;
  const passwd* entry = ::getpwuid(::geteuid());
  return entry ? entry->pw_dir : "/";
}

/// The folder in an XDG variable, which is to be ignored unless absolute; "" without one.
fs::path xdg_folder(const char* variable) {
  const char* value = std::getenv(variable);
  return value && *value == '/' ? value : "";
}

void expand_home(std::string& path) {
  if (path.starts_with("~/")) path = home() / path.substr(2);
}

}  // namespace

Result<Settings> load_settings(const std::string& file, const SettingTexts& options) {
  auto settings = load_settings(settings_table(), file, options);
  if (settings) {
    expand_home(settings->buffer_path);
    expand_home(settings->ca_file);
  }
  return settings;
}

std::vector<std::string> settings_file_candidates() {
  std::vector<std::string> files;
  for (const fs::path& folder : {xdg_folder("XDG_CONFIG_HOME"), home() / ".config", fs::path("/etc")}) {
    if (folder.empty()) continue;
    for (const char* name : {"config.yaml", "config.ini"})
      files.push_back(folder / "activity-tracker" / name);
  }
  return files;
}

std::string find_settings_file() {
  for (std::string& file : settings_file_candidates()) {
    if (::access(file.c_str(), F_OK) == 0) return std::move(file);
  }
  return {};
}

std::string default_buffer_path() {
  fs::path data = xdg_folder("XDG_DATA_HOME");
  if (data.empty()) data = home() / ".local/share";
  return data / "activity-tracker/buffer.db";
}

}  // namespace activitytrack
