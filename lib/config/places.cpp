#include "config/setting.hpp"

#include <pwd.h>
#include <unistd.h>

#include <cerrno>
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

/// The program's own folder in the one of an XDG variable, by default `otherwise` in the home.
std::string user_folder(const char* variable, const char* otherwise) {
  const fs::path folder = xdg_folder(variable);
  return (folder.empty() ? home() / otherwise : folder) / "activity-tracker";
}

}  // namespace

std::vector<std::string> settings_file_candidates(std::string_view stem) {
  std::vector<std::string> files;
  for (const fs::path& folder : {xdg_folder("XDG_CONFIG_HOME"), home() / ".config", fs::path("/etc")}) {
    if (folder.empty()) continue;
    for (const char* ending : {".yaml", ".ini"})
      files.push_back(folder / "activity-tracker" / (std::string(stem) + ending));
  }
  return files;
}

std::string find_settings_file(std::string_view stem) {
  for (std::string& file : settings_file_candidates(stem)) {
    if (::access(file.c_str(), F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR)) return std::move(file);
  }
  return {};
}

std::string user_data_folder() { return user_folder("XDG_DATA_HOME", ".local/share"); }

std::string user_config_folder() { return user_folder("XDG_CONFIG_HOME", ".config"); }

std::string with_home(std::string path) { return path.starts_with("~/") ? (home() / path.substr(2)).string() : path; }

}  // namespace activitytrack
