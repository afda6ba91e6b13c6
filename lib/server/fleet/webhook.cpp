#include "server/fleet/webhook.hpp"

#include "core/json_writer.hpp"
#include "server/accounts/secret_token.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;

constexpr auto look_each = 60s;
constexpr auto first_wait = 5s, longest_wait = 120s;  // after failures
constexpr auto one_answer = 10s;
constexpr auto turn_lasts = 180s;  // longer than any wait and the look after it
constexpr std::size_t max_answer_bytes = 64 << 10;
constexpr std::size_t machines_named = 20, machines_in_a_look = 1'000;

HttpClientOptions client_options(bool private_allowed) {
  HttpClientOptions client;
  client.user_agent = "activitytrack-server";
  client.timeouts = {one_answer, one_answer, one_answer, one_answer, one_answer, one_answer};
  client.max_body_bytes = max_answer_bytes;
  client.redirects_are_answers = true;
  client.only_public = !private_allowed;
  return client;
}

/// What begins or ends of one cause.
struct Change {
  std::string cause;
  std::vector<std::string> machines;
  std::optional<Time> since{};
  std::string detail{};
};

std::vector<std::string> without(const std::vector<std::string>& all, const std::set<std::string>& those) {
  std::vector<std::string> rest;
  std::ranges::copy_if(all, std::back_inserter(rest), [&](const std::string& each) { return !those.contains(each); });
  return rest;
}

void write_changes(JsonWriter& json, std::string_view name, const std::vector<Change>& changes) {
  json.key(name).array(changes, [&](const Change& change) {
    json.begin_object().field("cause", change.cause);
    json.field("machines", std::span(change.machines).first(std::min(change.machines.size(), machines_named)));
    json.field("count", change.machines.size());
    if (!change.detail.empty()) {
      json.field("since", change.since ? std::optional(format_timestamp(*change.since)) : std::nullopt);
      json.field("detail", change.detail);
    }
    json.end_object();
  });
}

std::string body_of(const std::vector<Change>& began, const std::vector<Change>& ended, Time now) {
  return json_object([&](JsonWriter& json) {
    json.field("event", "attention").field("at", format_timestamp(now));
    write_changes(json, "began", began);
    write_changes(json, "ended", ended);
  });
}

/// Notes that the changes were told, all or none; none where the webhook was changed meanwhile.
Result<void> note_told(Database& database, const WebhookSettings& settings, const std::vector<Change>& began,
                       const std::vector<Change>& ended) {
  const auto each = [&](const std::vector<Change>& changes, std::string_view sql) -> Result<void> {
    for (const Change& change : changes) {
      for (const std::string& machine : change.machines)
        if (auto done = database.execute(sql, {change.cause, machine}); !done) return done;
    }
    return {};
  };
  return database.transact([&]() -> Result<void> {
    // An UPDATE, so that a change of it waits until this is done.
    const auto same = database.changes_one("UPDATE webhook SET secret = secret WHERE url = $1 AND secret = $2",
                                           {settings.url, settings.secret});
    if (!same || !*same) return same ? Result<void>() : same.error();
    const auto noted = each(began, "INSERT INTO webhook_told(cause, machine_id) VALUES($1, $2) ON CONFLICT DO NOTHING");
    if (!noted) return noted;
    return each(ended, "DELETE FROM webhook_told WHERE cause = $1 AND machine_id = $2");
  });
}

}  // namespace

Webhook::Webhook(Parts parts)
    : parts_(std::move(parts)),
      name_(random_id()),
      client_(client_options(parts_.private_allowed)),
      backoff_(static_cast<std::uint64_t>(name_), first_wait, longest_wait),
      worker_("the webhook", parts_.log) {}

void Webhook::start() {
  worker_.start([this](Worker::Lock& lock) { return step(lock); });
}

void Webhook::look_soon() {
  worker_.change([this] { soon_ = true; });
}

void Webhook::stop() {
  client_.cancel();
  worker_.stop();
}

bool Webhook::step(Worker::Lock& lock) {
  soon_ = false;
  lock.unlock();
  const auto looked = look();
  std::chrono::milliseconds wait = look_each;
  if (looked) {
    backoff_.succeeded();
    failing_ = false;
  } else {
    wait = backoff_.failed();
    if (!std::exchange(failing_, true))
      parts_.log.warning("the webhook is not told what needs attention; it will be tried again",
                         {{"error", looked.error().message}});
  }
  lock.lock();
  worker_.wait_until(lock, std::chrono::steady_clock::now() + wait, [this] { return soon_; });
  if (!worker_.stopping()) return true;
  lock.unlock();
  give_up_turn();
  return false;
}

Result<void> Webhook::look() {
  const auto settings = find_webhook(parts_.sources.database);
  if (!settings) return settings.error();
  if (!*settings) return {};
  const Time now = parts_.clock.now();
  const auto mine = take_turn(now);
  if (!mine || !*mine) return mine ? Result<void>() : mine.error();
  auto before = told();
  if (!before) return before.error();
  const auto found = present((*settings)->causes, now);
  if (!found) return found.error();
  std::vector<Change> began, ended;
  for (const Attention& attention : *found) {
    std::set<std::string>& known = (*before)[std::string(attention.cause)];
    auto fresh = without(attention.machines, known);
    if (!fresh.empty())
      began.push_back({std::string(attention.cause), std::move(fresh), attention.since, attention.detail});
    for (const std::string& machine : attention.machines) known.erase(machine);
  }
  for (const auto& [cause, machines] : *before)
    if (!machines.empty()) ended.push_back({cause, {machines.begin(), machines.end()}});
  if (began.empty() && ended.empty()) return {};
  const auto status = post(**settings, body_of(began, ended, now), now);
  if (!status) return status.error();
  if (*status / 100 != 2) return Error{ErrorCode::unavailable, "it answered " + std::to_string(*status)};
  return note_told(parts_.sources.database, **settings, began, ended);
}

Result<int> Webhook::test() {
  const auto settings = find_webhook(parts_.sources.database);
  if (!settings) return settings.error();
  if (!*settings) return Error{ErrorCode::not_found, "there is no webhook"};
  const Time now = parts_.clock.now();
  const std::string body =
      json_object([&](JsonWriter& json) { json.field("event", "test").field("at", format_timestamp(now)); });
  return post(**settings, body, now);
}

/// The server that has it keeps it as long as it looks; another takes it when that has not for a while. A turn that is
/// to last for longer than any does is of a clock that was wrong.
Result<bool> Webhook::take_turn(Time now) {
  const auto taken = parts_.sources.database.changes_one(
      "INSERT INTO webhook_turn(id, server, until) VALUES(1, $1, $2) ON CONFLICT(id) DO UPDATE SET"
      " server = excluded.server, until = excluded.until"
      " WHERE webhook_turn.server = excluded.server OR webhook_turn.until <= $3 OR webhook_turn.until > $4",
      {name_, now + turn_lasts, now, now + 2 * turn_lasts});
  has_turn_ = taken && *taken;
  return taken;
}

void Webhook::give_up_turn() {
  if (!std::exchange(has_turn_, false)) return;
  const auto gone = parts_.sources.database.execute("DELETE FROM webhook_turn WHERE server = $1", {name_});
  if (!gone) parts_.log.debug("the webhook's turn is kept until it ends", {{"error", gone.error().message}});
}

Result<Webhook::Told> Webhook::told() {
  Told all;
  const auto read =
      parts_.sources.database.execute("SELECT cause, machine_id FROM webhook_told", {},
                                      [&](const SqlRow& row) { all[std::string(row.text(0))].emplace(row.text(1)); });
  if (!read) return read.error();
  return all;
}

Result<std::vector<Attention>> Webhook::present(const std::vector<std::string>& causes, Time now) {
  std::vector<FleetRow> all;
  std::string after;
  for (std::size_t found = machines_in_a_look; found == machines_in_a_look;) {
    auto machines = parts_.reader.machines(after, machines_in_a_look);
    if (!machines) return machines.error();
    found = machines->size();
    if (found > 0) after = machines->back().machine_id;
    auto rows = fleet_rows(parts_.sources, std::move(*machines), now);
    if (!rows) return rows.error();
    std::ranges::move(*rows, std::back_inserter(all));
  }
  auto attention = attention_of(all, now);
  std::erase_if(attention,
                [&](const Attention& each) { return std::ranges::find(causes, each.cause) == causes.end(); });
  return attention;
}

Result<int> Webhook::post(const WebhookSettings& settings, const std::string& body, Time now) {
  const auto url = check_webhook_url(settings.url, parts_.private_allowed);
  if (!url) return url.error();
  HttpRequest request{.method = "POST", .url = *url, .body = body};
  request.fields = {{"Content-Type", "application/json"},
                    {"X-Activitytrack-Signature", webhook_signature(settings.secret, now, body)}};
  const std::lock_guard lock(client_mutex_);
  const auto answer = client_.send(request);
  if (!answer) return answer.error();
  return answer->status;
}

}  // namespace activitytrack::server
