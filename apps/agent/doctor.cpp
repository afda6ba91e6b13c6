// The command doctor, and what it looks at on this machine, but the display.
#include "doctor.hpp"

#include "agent_parts.hpp"
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
#include <array>
#include <cerrno>
#include <cstring>
#include <iterator>

namespace activitytrack::agent_app {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t least_free_mib = 100;

// By Finding.
constexpr std::array<std::string_view, 4> shown_findings{"ok", "note", "NOT OK", "not checked"};
constexpr std::array<std::string_view, 4> state_words{"ok", "note", "not_ok", "not_checked"};

fs::path nearest_existing(fs::path path) {
  std::error_code ignored;
  while (!fs::exists(path, ignored) && path.has_relative_path()) path = path.parent_path();
  return path.empty() ? "." : path;
}

Check check_configuration(const Configuration& configuration) {
  if (configuration.file.empty())
    return {
        "configuration", Finding::ok,
        "no file, but defaults, environment and options; it would be " + settings_file_candidates("config").front()};
  if (auto exposure = secret_exposure(configuration); !exposure.empty())
    return {"configuration", Finding::wrong, exposure};
  return {"configuration", Finding::ok, configuration.file};
}

Check refused_configuration(std::string message) {
  std::ranges::replace(message, '\n', ';');
  return {"configuration", Finding::wrong, std::move(message)};
}

/// What cannot be looked at without a configuration: the defaults may mean another agent, buffer and server.
std::vector<Check> without_configuration() {
  std::vector<Check> checks;
  for (const char* name :
       {"settings", "disk", "machine", "buffer", "server", "credential", "screenshots", "agent", "server's settings"})
    checks.push_back({name, Finding::unchecked, "it depends on the configuration"});
  return checks;
}

Check check_time_zone(Time now) {
  auto zone = make_system_time_zone();
  auto name = zone->name();
  auto local = format_timestamp(now, zone->utc_offset_min(now));  // ends in "+01:00"
  auto offset = "UTC" + local.substr(local.size() - 6);
  if (name.empty())
    return {"time zone", Finding::wrong, "not known (" + offset + "); set it with: timedatectl set-timezone Area/City"};
  return {"time zone", Finding::ok, name + " (" + offset + ")"};
}

std::vector<Check> run_checks(const Options& options) {
  const auto configuration = load_configuration(options);
  const auto now = system_clock().now();
  std::vector<Check> checks{configuration ? check_configuration(*configuration)
                                          : refused_configuration(configuration.error().message)};
  const auto add = [&](std::vector<Check> more) { std::ranges::move(more, std::back_inserter(checks)); };
  add(check_display());
  add({check_clock(now), check_time_zone(now)});
  if (!configuration) return add(without_configuration()), checks;
  const auto& settings = configuration->settings;
  const auto files = agent_files(settings);
  const auto answer = ask_agent(files, {.command = ControlRequest::Command::status});
  add({check_origins(*configuration, options, answer), check_disk(files), check_machine(settings),
       check_buffer(files)});
  add(check_server(settings));
  add(check_bucket(settings));
  add(check_screenshots(settings));
  add({check_kept_screenshots(files), check_agent(answer), check_server_settings(answer)});
  return checks;
}

}  // namespace

Check check_clock(Time now) {
  auto year = std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(now)).year();
  auto text = format_timestamp(std::chrono::floor<std::chrono::seconds>(now));
  if (year >= std::chrono::year(2024) && year <= std::chrono::year(2100)) return {"clock", Finding::ok, text};
  return {"clock", Finding::wrong, text + " cannot be right; set the clock, and switch on time synchronization"};
}

Check check_disk(const AgentFiles& files) {
  const auto state = files.buffer.parent_path();
  auto folder = nearest_existing(state);
  if (::access(folder.c_str(), W_OK | X_OK) != 0)
    return {"disk", Finding::wrong,
            "cannot write to " + folder.string() + " (" + std::strerror(errno) +
                "); set its owner right, or buffer_path to another place"};
  struct stat info {};
  if (::stat(files.buffer.c_str(), &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return {"disk", Finding::wrong, "others may read " + files.buffer.string() + "; chmod 600 it"};
  struct statvfs room {};
  if (::statvfs(folder.c_str(), &room) != 0)
    return {"disk", Finding::wrong, "cannot look up the room at " + folder.string() + ": " + std::strerror(errno)};
  auto free_mib = static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize >> 20;
  auto text = std::to_string(free_mib) + " MiB free for " + state.string();
  if (free_mib < least_free_mib) return {"disk", Finding::wrong, text + "; make room"};
  return {"disk", Finding::ok, text};
}

Check check_buffer(const AgentFiles& files) {
  const auto path = files.buffer.string();
  std::error_code failed;
  if (!fs::exists(files.buffer, failed)) {
    if (failed) return {"buffer", Finding::wrong, "cannot look at " + path + ": " + failed.message()};
    return {"buffer", Finding::ok, path + " is not there yet; the agent makes it"};
  }
  auto buffer = open_sqlite_buffer_read_only(files.buffer);
  if (!buffer && buffer.error().code == ErrorCode::unavailable)
    return {"buffer", Finding::ok, path + " is empty yet; the agent fills it"};
  if (!buffer) return {"buffer", Finding::wrong, buffer.error().message};
  auto stats = (*buffer)->stats();
  if (!stats) return {"buffer", Finding::wrong, stats.error().message};
  auto text = path + ": " + std::to_string(stats->pending) + " events pending, " + std::to_string(stats->aside) +
              " refused and kept aside, " + std::to_string(stats->dropped) + " dropped";
  if (stats->aside > 0) return {"buffer", Finding::wrong, text + "; the agent's log says why the server refused them"};
  return {"buffer", Finding::ok, text};
}

Check check_machine(const Settings& settings) {
  const auto id = present_machine_id(settings);
  if (!id) return {"machine", Finding::wrong, id.error().message};
  return {"machine", Finding::ok, id->empty() ? "the agent makes its name when it starts first" : *id};
}

Check check_origins(const Configuration& configuration, const Options& options, const Result<std::string>& answer) {
  std::map<std::string, std::string> keys;  // by where they come from
  for (const auto& [key, origin] : answer ? status_origins(*answer) : origins_of(configuration, options)) {
    if (origin == "default") continue;
    const bool is_in_file = !configuration.file.empty() && origin.starts_with(configuration.file + ":");
    auto& known = keys[is_in_file ? configuration.file : origin];
    known += (known.empty() ? "" : ", ") + key;
  }
  std::string text;
  for (const auto& [origin, of_it] : keys) text += origin + ": " + of_it + "; ";
  text += keys.empty() ? "all are defaults" : "the others are defaults";
  return {"settings", Finding::ok, std::move(text)};
}

Check check_server_settings(const Result<std::string>& answer) {
  if (!answer) return {"server's settings", Finding::note, "the agent knows them, once it runs"};
  const auto server = status_server_settings(*answer);
  return {"server's settings", server.is_wrong ? Finding::wrong : Finding::ok,
          server.text + "; " + std::string(loosening_text(server.may_loosen))};
}

Check check_agent(const Result<std::string>& answer) {
  if (answer) return {"agent", Finding::ok, status_headline(*answer, system_clock().now())};
  const bool none_runs = answer.error().code == ErrorCode::unavailable;
  return {"agent", none_runs ? Finding::note : Finding::wrong, answer.error().message};
}

bool all_fine(const std::vector<Check>& checks) { return std::ranges::all_of(checks, &Check::is_fine); }

std::string format_checks(const std::vector<Check>& checks) {
  std::size_t width = 0;
  for (const auto& check : checks) width = std::max(width, check.name.size());
  std::string out;
  for (const auto& check : checks) {
    auto name = check.name;
    name.resize(width + 2, ' ');
    std::string finding(shown_findings[static_cast<std::size_t>(check.finding)]);
    finding.resize(shown_findings.back().size() + 2, ' ');
    out += name + finding + check.text + '\n';
  }
  return out;
}

std::string encode_checks(const std::vector<Check>& checks) {
  std::string out;
  JsonWriter json(out);
  json.begin_object().field("ok", all_fine(checks)).key("checks").begin_array();
  for (const auto& check : checks) {
    json.begin_object().field("name", check.name).field("ok", check.is_fine());
    json.field("state", state_words[static_cast<std::size_t>(check.finding)]).field("text", check.text).end_object();
  }
  json.end_array().end_object();
  return out;
}

int diagnose(const Options& options) {
  const auto checks = run_checks(options);
  program::print(options.line.has("json") ? encode_checks(checks) + "\n" : format_checks(checks));
  return all_fine(checks) ? exit_done : exit_failed;
}

}  // namespace activitytrack::agent_app
