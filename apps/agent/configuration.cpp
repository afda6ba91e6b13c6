#include "configuration.hpp"

#include "buffer/sqlite_store.hpp"
#include "config/settings_table.hpp"
#include "core/text.hpp"

#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace activitytrack::agent_app {

namespace fs = std::filesystem;

namespace {

fs::path absolute(const fs::path& path) {
  std::error_code ignored;
  auto made = fs::absolute(path, ignored);
  return made.empty() ? path : made;
}

std::string hash_of(std::string_view text) {
  char digits[16];
  return {digits, std::to_chars(digits, digits + sizeof digits, fnv1a(text), 16).ptr};
}

/// What a restart would read in place of `gone`.
std::string instead_of(const std::string& gone, const std::string& next) {
  return gone + " is gone; put it back, or restart the agent to run " + (next.empty() ? "without it" : "with " + next);
}

/// Whether `one` is looked for before `other`.
bool comes_before(std::string_view one, std::string_view other) {
  for (const auto& candidate : settings_file_candidates("config")) {
    if (candidate == other) return false;
    if (candidate == one) return true;
  }
  return false;
}

bool fits_socket_address(const fs::path& path) { return path.native().size() < sizeof(sockaddr_un::sun_path); }

}  // namespace

Result<void> check_together(const Settings& settings) {
  if (!settings.s3_seal_events || !settings.screenshot_public_key.empty()) return {};
  return Error{ErrorCode::invalid_input,
               "s3.seal_events is true, but there is no screenshots.public_key to seal for; set it "
               "(activitytrack-report keygen makes one), or s3.seal_events to false"};
}

Result<Configuration> load_configuration(const Options& options) {
  return load_configuration(options.line.settings_file("config"), options);
}

Result<Configuration> load_configuration(std::string file, const Options& options) {
  Configuration configuration;
  configuration.file = std::move(file);
  auto settings = load_settings(configuration.file, options.settings, &configuration.in_file);
  if (!settings) return settings.error();
  if (auto fits = check_together(*settings); !fits) {
    auto where = configuration.file.empty() ? "" : configuration.file + ": ";
    return Error{fits.error().code, where + fits.error().message};
  }
  configuration.settings = std::move(*settings);
  auto& buffer = configuration.settings.buffer_path;
  buffer = absolute(buffer.empty() ? default_buffer_path() : buffer).string();
  return configuration;
}

std::map<std::string, std::string> origins_of(const Configuration& configuration, const Options& options) {
  const auto environment = environment_settings(setting_names(settings_table()));
  std::map<std::string, std::string> origins;
  for (const auto& row : settings_table()) {
    auto& origin = origins[std::string(row.key)] = "default";
    for (const SettingTexts* texts : {&configuration.in_file, &environment, &options.settings})
      if (const auto found = texts->find(row.key); found != texts->end()) origin = found->second.origin;
  }
  return origins;
}

Result<Configuration> reload_configuration(const Options& options, const Configuration& now) {
  auto next = load_configuration(options);
  if (!next) return next;
  const bool gone = !now.file.empty() && next->file != now.file && !comes_before(next->file, now.file);
  if (gone) return Error{ErrorCode::not_found, instead_of(now.file, next->file)};
  if (now.in_file.empty() || !next->in_file.empty()) return next;
  return Error{ErrorCode::invalid_input,
               next->file + " gives no setting; write one into it, or restart the agent to run with the defaults"};
}

std::string secret_exposure(const Configuration& configuration) {
  struct stat info {};
  if (configuration.file.empty() || ::stat(configuration.file.c_str(), &info) != 0) return {};
  // A file of the administrator's may be meant for a group; a person's own is not.
  const bool own = info.st_uid == ::geteuid();
  if ((info.st_mode & (own ? S_IRGRP | S_IROTH : S_IROTH)) == 0) return {};
  const auto table = settings_table();
  const auto in_file = [&](const auto& row) {
    const auto given = configuration.in_file.find(row.key);
    return row.secret && given != configuration.in_file.end() && !given->second.values.front().empty();
  };
  const auto secret = std::ranges::find_if(table, in_file);
  if (secret == table.end()) return {};
  const std::string advice = own ? "chmod 600 it"
                                 : "take that out, and enroll into a file of your own; or chgrp it to a group of those "
                                   "whose agents read it, and chmod 640 it";
  return configuration.file + ": others may read it, and it holds " + std::string(secret->key) + "; " + advice;
}

std::vector<fs::path> configuration_files(const Options& options) {
  if (const auto named = options.line.get("config", ""); !named.empty()) return {absolute(named)};
  const auto files = settings_file_candidates("config");
  return std::vector<fs::path>(files.begin(), files.end());
}

AgentFiles agent_files(const Settings& settings) {
  fs::path buffer = settings.buffer_path;
  fs::path folder = buffer.parent_path();
  return {buffer,
          buffer_lock_path(buffer),
          control_socket_path(buffer),
          folder / "screenshots",
          folder / "machine_key",
          buffer.string() + ".boot",
          buffer.string() + ".remote.json"};
}

fs::path control_socket_path(const fs::path& buffer) {
  fs::path beside = buffer.string() + ".sock";
  if (fits_socket_address(beside)) return beside;
  const auto name = "activitytrack-" + hash_of(buffer.native()) + ".sock";
  if (const char* given = std::getenv("XDG_RUNTIME_DIR"); given && *given == '/')
    if (auto path = fs::path(given) / name; fits_socket_address(path)) return path;
  return fs::path("/tmp/activitytrack-" + std::to_string(::geteuid())) / name;
}

}  // namespace activitytrack::agent_app
