#include "running_agent.hpp"

#include "settings_view.hpp"

#include <activitytrack/input/classifier.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace activitytrack::agent_app {

namespace {

using Rows = std::vector<const Setting<Settings>*>;

AgentOptions agent_options(const Settings& settings) {
  AgentOptions options;
  options.sampler.machine_id = settings.machine_id;
  options.sampler.interval = std::chrono::seconds(settings.collect_interval_sec);
  options.sampler.idle_after = std::chrono::seconds(settings.idle_after_sec);
  options.sampler.window_titles = settings.window_titles;
  options.sampler.system_stats = settings.track_system_stats;
  options.send_interval = std::chrono::seconds(settings.send_interval_sec);
  options.version = ACTIVITYTRACK_VERSION;
  return options;
}

std::chrono::hours max_age(const Settings& settings) {
  return std::chrono::hours(24 * settings.buffer_max_age_days);
}

std::int64_t max_bytes(const Settings& settings) { return settings.buffer_max_mib << 20; }

/// Null without a server.
Result<std::shared_ptr<Sender>> open_sender(const Settings& settings) {
  if (settings.server_url.empty()) return std::shared_ptr<Sender>();
  auto sender = make_http_sender({.server_url = settings.server_url,
                                  .credential = settings.credential,
                                  .ca_file = settings.ca_file,
                                  .user_agent = "activitytrack-agent/" ACTIVITYTRACK_VERSION});
  if (!sender) return sender.error();
  return std::shared_ptr<Sender>(std::move(*sender));
}

bool has_display() {
  const char* display = std::getenv("DISPLAY");
  return display && *display;
}

AgentParts local_parts(Log& log) {
  AgentParts parts;
  if (has_display()) {
    parts.open_input = [] { return make_x11_input_source(""); };
    parts.open_focus = [] { return make_x11_focus_source(""); };
  } else {
    log.info("no display: DISPLAY is not set; system statistics alone are collected");
  }
  const char* home = std::getenv("HOME");
  parts.classifier = make_behaviour_classifier();
  parts.system = make_linux_system_stats(home && *home ? home : "/");
  parts.zone = make_system_time_zone();
  return parts;
}

bool touches(const Rows& rows, std::initializer_list<std::string_view> keys) {
  return std::ranges::any_of(
      rows, [&](const auto* row) { return std::ranges::find(keys, row->key) != keys.end(); });
}

std::string join_keys(const Rows& rows) {
  std::string text;
  for (const auto* row : rows) (text += text.empty() ? "" : ",") += row->key;
  return text;
}

/// What cannot change while the agent runs keeps the value that is in force.
Rows keep_what_needs_restart(const Settings& now, Settings& next) {
  Rows kept;
  for (const auto* row : changed_settings(now, next)) {
    if (!row->needs_restart) continue;
    copy_setting(now, next, *row);
    kept.push_back(row);
  }
  return kept;
}

}  // namespace

Result<std::unique_ptr<RunningAgent>> RunningAgent::start(const Options& options, Configuration configuration,
                                                          Log& log) {
  std::unique_ptr<RunningAgent> running(new RunningAgent(options, std::move(configuration), log));
  if (auto opened = running->open(); !opened) return opened.error();
  return running;
}

Result<void> RunningAgent::open() {
  auto& clock = system_clock();
  auto& settings = configuration_.settings;
  started_ = clock.now();
  std::filesystem::path path = settings.buffer_path;
  if (settings.machine_id.empty()) {
    auto kept = kept_machine_id(path.parent_path().string());
    if (!kept) return kept.error();
    settings.machine_id = std::move(*kept);
  }
  auto buffer = make_sqlite_buffer({path, max_age(settings), max_bytes(settings)}, clock, log_);
  if (!buffer) return buffer.error();
  auto sender = open_sender(settings);
  if (!sender) return sender.error();
  buffer_ = std::move(*buffer);

  auto parts = local_parts(log_);
  parts.buffer = buffer_;
  parts.sender = std::move(*sender);
  auto agent = Agent::start(std::move(parts), agent_options(settings), clock, log_);
  if (!agent) return agent.error();
  agent_ = std::move(*agent);
  return {};
}

void RunningAgent::reload() {
  auto next = load_configuration(options_);
  if (!next) return refuse(next.error());
  if (auto applied = apply(std::move(*next)); !applied) refuse(applied.error());
}

void RunningAgent::refuse(const Error& why) {
  refusal_ = why.message;
  std::string_view rest = refusal_;
  while (!rest.empty()) {
    auto line = rest.substr(0, rest.find('\n'));
    log_.warning("the new configuration is refused; the last good one stays in force", {{"error", line}});
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
}

Result<void> RunningAgent::apply(Configuration next) {
  const auto now = configuration_.settings;
  if (next.settings.machine_id.empty()) next.settings.machine_id = now.machine_id;
  auto kept = keep_what_needs_restart(now, next.settings);
  auto changed = changed_settings(now, next.settings);
  bool other_server = touches(changed, {"server_url", "credential", "ca_file"});
  auto sender = other_server ? open_sender(next.settings) : std::shared_ptr<Sender>();
  if (!sender) return sender.error();

  refusal_.clear();
  configuration_ = std::move(next);
  const auto& settings = configuration_.settings;
  buffer_->set_bounds(max_age(settings), max_bytes(settings));
  agent_->configure(agent_options(settings));
  if (other_server) agent_->replace_sender(std::move(*sender));
  if (!kept.empty())
    log_.warning("these settings change only when the agent is restarted", {{"keys", join_keys(kept)}});
  log_.info(changed.empty() ? "configuration read; nothing changed" : "configuration changed",
            {{"file", configuration_.file}, {"keys", join_keys(changed)}});
  return {};
}

RunningStatus RunningAgent::status() {
  RunningStatus status{.agent = agent_->status(),
                       .settings = configuration_.settings,
                       .configuration_file = configuration_.file,
                       .configuration_error = refusal_,
                       .pid = ::getpid(),
                       .started = started_};
  if (!has_display())
    status.agent.display = "none: DISPLAY is not set; system statistics alone are collected";
  return status;
}

}  // namespace activitytrack::agent_app
