#include "settings_edit.hpp"

#include "core/small_file.hpp"

#include "core/unique_fd.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <vector>

namespace activitytrack::agent_app {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const auto line = text.substr(0, text.find('\n'));
    lines.emplace_back(line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return lines;
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

/// Whether a line gives this key a value; `separator` follows the key, after blanks or none.
bool sets(std::string_view line, std::string_view key, char separator) {
  if (line.starts_with('"') || line.starts_with('\'')) line.remove_prefix(1);
  if (!line.starts_with(key)) return false;
  line.remove_prefix(key.size());
  const auto next = line.find_first_not_of(" \t\"'");
  return next != std::string_view::npos && line[next] == separator;
}

Result<void> write_durably(int fd, std::string_view text) {
  if (auto written = write_all(fd, text); !written) return written;
  return ::fsync(fd) == 0 ? Result<void>() : system_error("cannot write", errno);
}

}  // namespace

std::string with_yaml_setting(std::string_view text, const SettingLine& setting) {
  auto lines = lines_of(text);
  const std::string line = std::string(setting.key) + ": \"" + std::string(setting.value) + "\"";
  const auto found = std::ranges::find_if(lines, [&](const auto& each) { return sets(each, setting.key, ':'); });
  if (found != lines.end()) {
    *found = line;
  } else {
    lines.push_back(line);
  }
  return joined(lines);
}

std::string with_ini_setting(std::string_view text, const SettingLine& setting) {
  auto lines = lines_of(text);
  const std::string line = std::string(setting.key) + " = " + std::string(setting.value);
  const auto section = std::ranges::find_if(lines, [](const auto& each) { return each.starts_with("[settings]"); });
  if (section == lines.end()) {
    lines.push_back("[settings]");
    lines.push_back(line);
    return joined(lines);
  }
  const auto end = std::find_if(section + 1, lines.end(), [](const auto& each) { return each.starts_with('['); });
  const auto found = std::find_if(section + 1, end, [&](const auto& each) { return sets(each, setting.key, '='); });
  if (found != end) {
    *found = line;
  } else {
    lines.insert(section + 1, line);
  }
  return joined(lines);
}

Result<void> write_private_file(const std::string& file, std::string_view text) {
  const fs::path folder = fs::path(file).parent_path();
  std::error_code failed;
  if (!folder.empty() && fs::create_directories(folder, failed) && !failed) {
    fs::permissions(folder, fs::perms::owner_all, failed);
  }
  std::string temporary = file + ".XXXXXX";
  const UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  if (!fd) return system_error("cannot write " + file, errno);
  auto done = write_durably(fd.get(), text);
  if (done && ::rename(temporary.c_str(), file.c_str()) != 0) done = system_error("cannot write", errno);
  if (done) return {};
  ::unlink(temporary.c_str());
  return Error{done.error().code, file + ": " + done.error().message};
}

}  // namespace activitytrack::agent_app
