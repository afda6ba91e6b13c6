// The command doctor, and what it looks at on this machine, but the display.
#include "doctor.hpp"

#include "commands.hpp"
#include "control.hpp"
#include "core/json_writer.hpp"
#include "status_view.hpp"

#include <activitytrack/buffer/buffer.hpp>
#include <activitytrack/core/clock.hpp>
#include <activitytrack/desktop/desktop.hpp>

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace activitytrack::agent_app {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t least_free_mib = 100;

fs::path nearest_existing(fs::path path) {
  std::error_code ignored;
  while (!fs::exists(path, ignored) && path.has_relative_path()) path = path.parent_path();
  return path.empty() ? "." : path;
}

/// Where the configuration is broken, the rest is looked at with the defaults.
Settings settings_or_defaults(const Options& options) {
  if (auto configuration = load_configuration(options)) return configuration->settings;
  Settings defaults;
  defaults.buffer_path = default_buffer_path();
  return defaults;
}

Check check_configuration(const Options& options) {
  const auto configuration = load_configuration(options);
  if (configuration) {
    const auto& file = configuration->file;
    return {"configuration", true, file.empty() ? "no file: defaults, environment and options" : file};
  }
  auto text = configuration.error().message;
  std::ranges::replace(text, '\n', ';');
  return {"configuration", false, text};
}

Check check_time_zone(Time now) {
  auto zone = make_system_time_zone();
  auto name = zone->name();
  auto local = format_timestamp(now, zone->utc_offset_min(now));  // ends in "+01:00"
  auto offset = "UTC" + local.substr(local.size() - 6);
  if (name.empty())
    return {"time zone", false, "not known (" + offset + "); set it with: timedatectl set-timezone Area/City"};
  return {"time zone", true, name + " (" + offset + ")"};
}

std::vector<Check> run_checks(const Options& options) {
  auto settings = settings_or_defaults(options);
  auto files = agent_files(settings);
  auto now = system_clock().now();
  const std::vector<Check> parts[] = {
      {check_configuration(options)},
      check_display(),
      {check_clock(now), check_time_zone(now), check_disk(files), check_buffer(files)},
      check_server(settings),
      check_bucket(settings),
      check_screenshots(settings),
      {check_kept_screenshots(files), check_agent(files)},
  };
  std::vector<Check> checks;
  for (const auto& part : parts) checks.insert(checks.end(), part.begin(), part.end());
  return checks;
}

}  // namespace

Check check_clock(Time now) {
  auto year = std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(now)).year();
  bool sane = year >= std::chrono::year(2024) && year <= std::chrono::year(2100);
  auto text = format_timestamp(std::chrono::floor<std::chrono::seconds>(now));
  return {"clock", sane, sane ? text : text + " cannot be right; set the clock, and switch on time synchronization"};
}

Check check_disk(const AgentFiles& files) {
  auto folder = nearest_existing(files.buffer.parent_path());
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    return {"disk", false,
            "cannot write to " + folder.string() + " (" + std::strerror(errno) +
                "); set its owner right, or buffer_path to another place"};
  struct stat info {};
  if (::stat(files.buffer.c_str(), &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return {"disk", false, "others may read " + files.buffer.string() + "; chmod 600 it"};
  struct statvfs room {};
  if (::statvfs(folder.c_str(), &room) != 0)
    return {"disk", false, "cannot look up the room at " + folder.string() + ": " + std::strerror(errno)};
  auto free_mib = static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize >> 20;
  auto text = std::to_string(free_mib) + " MiB free at " + folder.string();
  if (free_mib < least_free_mib) return {"disk", false, text + "; make room"};
  return {"disk", true, text};
}

Check check_buffer(const AgentFiles& files) {
  std::error_code ignored;
  if (!fs::exists(files.buffer, ignored)) return {"buffer", true, files.buffer.string() + " is not there yet"};
  auto buffer = open_sqlite_buffer_read_only(files.buffer);
  if (!buffer) return {"buffer", false, buffer.error().message};
  auto stats = (*buffer)->stats();
  if (!stats) return {"buffer", false, stats.error().message};
  auto text = std::to_string(stats->pending) + " events pending, " + std::to_string(stats->aside) +
              " refused and kept aside, " + std::to_string(stats->dropped) + " dropped";
  if (stats->aside > 0) return {"buffer", false, text + "; the agent's log says why the server refused them"};
  return {"buffer", true, text};
}

Check check_agent(const AgentFiles& files) {
  auto answer = ask_agent(files, {.command = ControlRequest::Command::status});
  if (!answer) return {"agent", false, answer.error().message};
  return {"agent", true, status_headline(*answer, system_clock().now())};
}

bool all_ok(const std::vector<Check>& checks) { return std::ranges::all_of(checks, &Check::ok); }

std::string format_checks(const std::vector<Check>& checks) {
  std::size_t width = 0;
  for (const auto& check : checks) width = std::max(width, check.name.size());
  std::string out;
  for (const auto& check : checks) {
    auto name = check.name;
    name.resize(width + 2, ' ');
    out += name + (check.ok ? "ok      " : "NOT OK  ") + check.text + '\n';
  }
  return out;
}

std::string encode_checks(const std::vector<Check>& checks) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("ok", all_ok(checks)).key("checks").begin_array();
  for (const auto& check : checks)
    json.begin_object().field("name", check.name).field("ok", check.ok).field("text", check.text).end_object();
  json.end_array().end_object();
  return out;
}

int diagnose(const Options& options) {
  auto checks = run_checks(options);
  auto text = options.line.has("json") ? encode_checks(checks) + "\n" : format_checks(checks);
  program::print(text);
  return all_ok(checks) ? exit_done : exit_failed;
}

}  // namespace activitytrack::agent_app
