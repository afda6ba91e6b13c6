#include "command.hpp"
#include "doctor.hpp"

#include "core/json_writer.hpp"

#include <algorithm>
#include <cstdio>
#include <iterator>

namespace activitytrack::agent_app {

namespace {

/// Where the configuration is broken, the rest is looked at with the defaults.
Settings settings_or_defaults(const Options& options) {
  if (auto configuration = load_configuration(options)) return configuration->settings;
  Settings defaults;
  defaults.buffer_path = default_buffer_path();
  return defaults;
}

void append(std::vector<Check>& all, std::vector<Check> more) { std::ranges::move(more, std::back_inserter(all)); }

std::vector<Check> run_checks(const Options& options) {
  auto settings = settings_or_defaults(options);
  auto files = agent_files(settings);
  auto now = system_clock().now();
  std::vector<Check> checks{check_configuration(options)};
  append(checks, check_display());
  append(checks, {check_clock(now), check_time_zone(now), check_disk(files), check_buffer(files)});
  append(checks, check_server(settings));
  append(checks, check_bucket(settings));
  append(checks, check_screenshots(settings));
  checks.push_back(check_kept_screenshots(files));
  checks.push_back(check_agent(files));
  return checks;
}

}  // namespace

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
  auto text = options.has("json") ? encode_checks(checks) + "\n" : format_checks(checks);
  std::fputs(text.c_str(), stdout);
  return all_ok(checks) ? exit_done : exit_failed;
}

}  // namespace activitytrack::agent_app
