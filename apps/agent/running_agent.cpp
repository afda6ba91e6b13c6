#include "running_agent.hpp"

#include "agent_parts.hpp"
#include "config/settings_table.hpp"
#include "core/text.hpp"
#include "process.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>

namespace activitytrack::agent_app {
namespace {

using Rows = std::vector<const Setting<Settings>*>;

/// Whether what is sent would go elsewhere, or be sealed otherwise.
bool touches_senders(const Rows& rows) {
  constexpr std::array<std::string_view, 5> keys{"server_url", "credential", "ca_file", "features.screenshots",
                                                 "screenshots.public_key"};
  return std::ranges::any_of(rows, [&](const auto* row) {
    return row->key.starts_with("s3.") || std::ranges::find(keys, row->key) != keys.end();
  });
}

std::string join_keys(const Rows& rows) {
  std::string text;
  for (const auto* row : rows) (text += text.empty() ? "" : ",") += row->key;
  return text;
}

/// Those rows that `before` gives and `after` does not.
Rows without(Rows rows, const SettingTexts& before, const SettingTexts& after) {
  std::erase_if(rows, [&](const auto* row) { return !before.contains(row->key) || after.contains(row->key); });
  return rows;
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
  auto machine_id = own_machine_id(settings);
  if (!machine_id) return machine_id.error();
  settings.machine_id = std::move(*machine_id);
  auto buffer = make_sqlite_buffer(settings.buffer_path, clock, log_, event_bounds(settings));
  if (!buffer) return buffer.error();
  auto files = agent_files(settings);
  auto parts = local_parts(settings, files, log_);
  if (!parts) return parts.error();
  screenshots_ = parts->screenshots.buffer;
  auto senders = open_senders(settings, settings.screenshots);
  if (!senders) return senders.error();

  buffer_ = std::move(*buffer);
  parts->buffer = buffer_;
  parts->sender = std::move(senders->events);
  parts->screenshots.sender = std::move(senders->screenshots);
  auto agent = Agent::start(std::move(*parts), all_options(settings), clock, log_);
  if (!agent) return agent.error();
  agent_ = std::move(*agent);
  return {};
}

/// Without this machine's key all goes on but screenshots.
AgentOptions RunningAgent::all_options(const Settings& settings) {
  auto options = agent_options(settings);
  auto screenshots = screenshot_options(settings, agent_files(settings));
  no_screenshots_ = screenshots ? "" : screenshots.error().message;
  if (screenshots) {
    options.screenshots = std::move(*screenshots);
  } else {
    log_.warning("no screenshots are taken; fix this, and restart the agent", {{"error", no_screenshots_}});
  }
  return options;
}

/// One for screenshots only if there may be any: it costs memory.
Result<RunningAgent::Senders> RunningAgent::open_senders(const Settings& settings, bool screenshots_on) {
  auto events = open_sender(settings, log_);
  if (!events) return events.error();
  auto kept = screenshots_->stats();
  if (!screenshots_on && kept && kept->pending == 0) return Senders{std::move(*events), nullptr};
  keep_memory_private();
  auto screenshots = open_screenshot_sender(settings, log_);
  if (!screenshots) return screenshots.error();
  return Senders{std::move(*events), std::move(*screenshots)};
}

void RunningAgent::reload() {
  auto next = reload_configuration(options_, configuration_);
  const auto applied = next ? apply(std::move(*next)) : Result<void>(next.error());
  if (applied) return;
  refusal_ = applied.error().message;
  for (std::string_view rest = refusal_; !rest.empty();) {
    log_.warning("the new configuration is refused; the last good one stays in force", {{"error", take_line(rest)}});
  }
}

Result<void> RunningAgent::apply(Configuration next) {
  const auto now = configuration_.settings;
  if (next.settings.machine_id.empty()) next.settings.machine_id = now.machine_id;
  auto kept = keep_what_needs_restart(now, next.settings);
  auto changed = changed_settings(now, next.settings);
  bool elsewhere = touches_senders(changed);
  bool screenshots = now.screenshots || next.settings.screenshots;  // the last ones are still to be sent
  auto senders = elsewhere ? open_senders(next.settings, screenshots) : Result<Senders>(Senders());
  if (!senders) return senders.error();

  if (auto configured = agent_->configure(all_options(next.settings)); !configured) return configured;
  if (elsewhere) {
    const auto events = agent_->replace_sender(std::move(senders->events));
    const auto pictures = agent_->replace_screenshot_sender(std::move(senders->screenshots));
    if (!events) return events;
    if (!pictures) return pictures;
  }
  const auto given_up = without(changed, configuration_.in_file, next.in_file);
  if (!given_up.empty())
    log_.warning("the configuration does not give these settings any more; they have other values now",
                 {{"keys", join_keys(given_up)}});
  refusal_.clear();
  configuration_ = std::move(next);
  const auto& settings = configuration_.settings;
  buffer_->set_bounds(event_bounds(settings));
  screenshots_->set_bounds(screenshot_bounds(settings));
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
  if (!no_screenshots_.empty()) status.agent.screenshots.last_error = no_screenshots_;
  if (is_wayland_session()) status.agent.display += "; " + std::string(counted_on_wayland);
  if (!has_display()) status.agent.display = "none: DISPLAY is not set; only system statistics are collected";
  return status;
}

}  // namespace activitytrack::agent_app
