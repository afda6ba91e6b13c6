// What doctor looks at on this machine, but the display.
#include "control_client.hpp"
#include "doctor.hpp"
#include "status_view.hpp"

#include <activitytrack/buffer/buffer.hpp>
#include <activitytrack/core/clock.hpp>
#include <activitytrack/desktop/machine.hpp>

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
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

std::string offset_text(int minutes) {
  auto length = std::abs(minutes);
  char text[16];
  std::snprintf(text, sizeof text, "%c%02d:%02d", minutes < 0 ? '-' : '+', length / 60, length % 60);
  return text;
}

}  // namespace

Check check_configuration(const Options& options) {
  Check check{.name = "configuration", .text = {}};
  auto configuration = load_configuration(options);
  if (!configuration) {
    check.ok = false;
    check.text = configuration.error().message;
    std::ranges::replace(check.text, '\n', ';');
  } else {
    check.text = configuration->file.empty() ? "no file: defaults, environment and options" : configuration->file;
  }
  return check;
}

Check check_clock(Time now) {
  auto year = std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(now)).year();
  bool sane = year >= std::chrono::year(2024) && year <= std::chrono::year(2100);
  auto text = format_timestamp(std::chrono::floor<std::chrono::seconds>(now));
  return {"clock", sane, sane ? text : text + " cannot be right; set the clock, and switch on time synchronization"};
}

Check check_time_zone(Time now) {
  auto zone = make_system_time_zone();
  auto name = zone->name();
  auto offset = "UTC" + offset_text(zone->utc_offset_min(now));
  if (name.empty())
    return {"time zone", false, "not known (" + offset + "); set it with: timedatectl set-timezone Area/City"};
  return {"time zone", true, name + " (" + offset + ")"};
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
    return {"disk", false, "cannot tell the room at " + folder.string() + ": " + std::strerror(errno)};
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
  auto answer = ask_agent(files, {.command = ControlRequest::Command::status, .duration = {}});
  if (!answer) return {"agent", false, answer.error().message};
  return {"agent", true, status_headline(*answer, system_clock().now())};
}

}  // namespace activitytrack::agent_app
