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

using Rows = RunningAgent::Rows;

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

/// The notice to the person about a change: it names the settings that are now looser than their machine's own. "" if
/// none of those changed.
std::string notice_of(const Rows& changed, const std::vector<std::string>& loosened) {
  std::string keys;
  for (const auto* row : changed)
    if (std::ranges::find(loosened, row->key) != loosened.end()) (keys += keys.empty() ? "" : ", ") += row->key;
  if (keys.empty()) return "";
  return "The server has set " + keys + ", as this machine's configuration allows. More: activitytrack-agent status";
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
  started_ = clock.now();
  auto machine_id = own_machine_id(configuration_.settings);
  if (!machine_id) return machine_id.error();
  configuration_.settings.machine_id = std::move(*machine_id);
  remote_.emplace(agent_files(configuration_.settings).remote, log_);
  auto& settings = settings_ = remote_->over(configuration_.settings).settings;
  auto buffer = make_sqlite_buffer(settings.buffer_path, clock, log_, event_bounds(settings));
  if (!buffer) return buffer.error();
  auto files = agent_files(settings);
  auto parts = local_parts(settings, files, log_);
  if (!parts) return parts.error();
  screenshots_ = parts->screenshots.buffer;
  auto senders = open_senders(settings, settings.screenshots);
  if (!senders) return senders.error();
  const auto report = [this](ConfigurationPoll::News news) { post_([this, news = std::move(news)] { hear(news); }); };
  poll_ = std::make_unique<ConfigurationPoll>(report, has_display() ? make_desktop_notifier() : nullptr, log_);
  parts->on_answer = [this](const BatchAnswer& answer) {
    if (answer.configuration_version) poll_->wanted(*answer.configuration_version);
  };

  buffer_ = std::move(*buffer);
  parts->buffer = buffer_;
  parts->sender = std::move(senders->events);
  parts->screenshots.sender = std::move(senders->screenshots);
  auto agent = Agent::start(std::move(*parts), all_options(settings), clock, log_);
  if (!agent) return agent.error();
  agent_ = std::move(*agent);
  agent_->say(say());
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

/// Gives the agent these settings; on an error it may have taken a part of them.
Result<void> RunningAgent::hand_over(const Settings& settings, bool elsewhere, bool screenshots_on) {
  auto senders = elsewhere ? open_senders(settings, screenshots_on) : Result<Senders>(Senders());
  if (!senders) return senders.error();
  if (auto configured = agent_->configure(all_options(settings)); !configured) return configured.error();
  if (!elsewhere) return {};
  const auto events = agent_->replace_sender(std::move(senders->events));
  const auto pictures = agent_->replace_screenshot_sender(std::move(senders->screenshots));
  return events ? pictures : events;
}

Result<RunningAgent::InForce> RunningAgent::put_in_force(Settings next) {
  InForce done;
  done.kept = keep_what_needs_restart(settings_, next);
  done.changed = changed_settings(settings_, next);
  const bool elsewhere = touches_senders(done.changed);
  const bool screenshots = settings_.screenshots || next.screenshots;  // the last ones are still to be sent
  if (auto handed = hand_over(next, elsewhere, screenshots); !handed) {
    if (auto back = hand_over(settings_, elsewhere, screenshots); !back)
      log_.error("the settings of before cannot be put in force again", {{"error", back.error().message}});
    return handed.error();
  }
  settings_ = std::move(next);
  buffer_->set_bounds(event_bounds(settings_));
  screenshots_->set_bounds(screenshot_bounds(settings_));
  return done;
}

Result<void> RunningAgent::apply(Configuration next) {
  if (next.settings.machine_id.empty()) next.settings.machine_id = configuration_.settings.machine_id;
  const auto before = configuration_;
  configuration_ = std::move(next);
  const auto done = put_in_force(remote_->over(configuration_.settings).settings);
  if (!done) {
    configuration_ = before;
    return done.error();
  }
  const auto given_up = without(done->changed, before.in_file, configuration_.in_file);
  if (!given_up.empty())
    log_.warning("the configuration does not give these settings any more; they have other values now",
                 {{"keys", join_keys(given_up)}});
  refusal_.clear();
  if (!done->kept.empty())
    log_.warning("these settings change only when the agent is restarted", {{"keys", join_keys(done->kept)}});
  log_.info(done->changed.empty() ? "configuration read; nothing changed" : "configuration changed",
            {{"file", configuration_.file}, {"keys", join_keys(done->changed)}});
  // What the server left out, or this machine refused, may fit now; or what is in force may not any more.
  if (own_bounds(remote_->own(before.settings)) != own_bounds(remote_->own(configuration_.settings)) ||
      before.settings.remote_may_loosen != configuration_.settings.remote_may_loosen) {
    remote_->forget_failure();
    ask_server({.is_fresh = true});
  } else if (touches_senders(done->changed)) {
    ask_server({});
  }
  return {};
}

void RunningAgent::follow_server(Post post) {
  post_ = std::move(post);
  ask_server({});
}

/// Adds to the question what the agent says of itself.
void RunningAgent::ask_server(ConfigurationQuestion question) {
  question.settings = settings_;
  question.machine_id = settings_.machine_id;
  question.said = say();
  question.bounds = own_bounds(remote_->own(configuration_.settings));
  agent_->say(question.said);
  question.on_trial = remote_->is_candidate();
  question.patience = std::max(options_.least_trial, 3 * std::chrono::seconds(settings_.send_interval_sec));
  poll_->ask(std::move(question));
}

/// What is to be said to the server of its configuration now.
AgentConfiguration RunningAgent::say() {
  using State = AgentConfiguration::State;
  AgentConfiguration next{.may_loosen = remote_->own(configuration_.settings).may_loosen(),
                          .version = remote_->in_force().version,
                          .state = needs_restart_ ? State::needs_restart : State::applied,
                          .change = said_.change};
  if (const auto& failed = remote_->failed()) {
    next.state = failed->was_reverted ? State::reverted : State::refused;
    next.error_version = failed->given.version;
    next.error_key = failed->key;
    next.error_reason = failed->reason;
  }
  // Also after a restart, a change has more than those before it, unless the clock was set back.
  if (next != said_ || next.change == 0)
    next.change = std::max(said_.change + 1, system_clock().now().time_since_epoch().count());
  return said_ = next;
}

/// What is new may be so by a server that was reached with what is on trial: then that is good. The news may be of a
/// question of before it.
void RunningAgent::hear(const ConfigurationPoll::News& news) {
  const bool is_of_trial = remote_->is_candidate() && news.tried == remote_->in_force().version;
  if (is_of_trial && news.kind == ConfigurationPoll::News::unreached) return take_back(news.reason);
  if (is_of_trial) remote_->confirm();
  if (news.kind == ConfigurationPoll::News::given) return take(news.settings);
  ask_server({});
}

void RunningAgent::take(const GivenSettings& given) {
  ConfigurationQuestion question{.rest = pace_.rest_after(std::chrono::steady_clock::now())};
  auto offered = remote_->offer(given, configuration_.settings);
  if (!offered) {
    log_.warning("the server's settings cannot be kept, and are not taken", {{"error", offered.error().message}});
    question.rest = std::chrono::minutes(1);
  } else if (*offered && (*offered)->refused) {
    const auto& refused = *(*offered)->refused;
    log_.warning("the server's settings are refused", {{"version", given.version},
                                                       {"key", std::string_view(refused.key)},
                                                       {"reason", std::string_view(refused.reason)}});
  } else if (*offered) {
    const auto done = put_in_force(std::move((*offered)->settings));
    if (!done) {
      remote_->refuse(done.error().message);
    } else {
      needs_restart_ = !done->kept.empty();
      question.notice = notice_of(done->changed, (*offered)->loosened);
      log_.info("the server's settings are in force", {{"version", given.version}, {"keys", join_keys(done->changed)}});
    }
  }
  ask_server(std::move(question));
}

void RunningAgent::take_back(const std::string& reason) {
  remote_->revert(reason);
  needs_restart_ = false;
  ConfigurationQuestion question;
  auto before = remote_->over(configuration_.settings);
  if (auto done = put_in_force(std::move(before.settings)); !done) {
    log_.error("the settings of before cannot be put in force", {{"error", done.error().message}});
  } else {
    question.notice = notice_of(done->changed, before.loosened);  // what was reverted may have been tighter
  }
  ask_server(std::move(question));
}

RemoteStatus RunningAgent::remote_status() const {
  const auto& given = remote_->in_force();
  auto outcome = take_remote(remote_->own(configuration_.settings), given.values);
  RemoteStatus status{.version = given.version,
                      .is_candidate = remote_->is_candidate(),
                      .needs_restart = needs_restart_,
                      .may_loosen = configuration_.settings.remote_may_loosen,
                      .left_out = given.left_out,
                      .loosened = std::move(outcome.loosened),
                      .unknown = std::move(outcome.unknown),
                      .failed = remote_->failed(),
                      .notice_error = poll_ ? poll_->notice_error() : ""};
  for (const auto& [key, value] : outcome.taken) status.keys.push_back(key);
  return status;
}

RunningStatus RunningAgent::status() {
  RunningStatus status{.agent = agent_->status(),
                       .settings = settings_,
                       .origins = origins_of(configuration_, options_),
                       .remote = remote_status(),
                       .configuration_file = configuration_.file,
                       .configuration_error = refusal_,
                       .pid = ::getpid(),
                       .started = started_};
  for (const std::string& key : status.remote.keys)
    if (const auto known = status.origins.find(key); known != status.origins.end())
      known->second = "the server, version " + std::to_string(status.remote.version);
  if (!no_screenshots_.empty()) status.agent.screenshots.last_error = no_screenshots_;
  if (is_wayland_session()) status.agent.display += "; " + std::string(counted_on_wayland);
  return status;
}

}  // namespace activitytrack::agent_app
