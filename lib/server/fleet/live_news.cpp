#include "server/fleet/live_news.hpp"

#include "core/json_writer.hpp"
#include "report/wall_clock.hpp"
#include "server/accounts/users.hpp"
#include "server/fleet/attention.hpp"

#include <utility>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr auto gathering = 250ms;
constexpr auto once_in = 1s;  // of a machine
constexpr auto all_each = 30s;
constexpr auto watchers_each = 60s;
constexpr auto looks_on_for = 60s;  // after the last one left: who goes from page to page comes back
constexpr std::size_t most_events = 10'000;
constexpr std::size_t machines_at_once = 1'000;

/// The kinds of lines that servers tell each other: "m vm-1".
constexpr char heard_of = 'm', said = 'c', accounts = 'a';

std::string machine_data(const FleetRow& row, Time now) {
  const Machine& machine = row.machine;
  return json_object([&](JsonWriter& json) {
    json.field("machine_id", machine.machine_id).field("state", to_string(row.state));
    json.field("since", row.since ? std::optional(format_timestamp(*row.since)) : std::nullopt);
    json.field("latest_event", format_timestamp(machine.latest_event));
    json.field("last_seen", format_timestamp(machine.last_seen));
    json.field("agent_version", machine.agent ? std::optional(machine.agent->version) : std::nullopt);
    json.field("timezone", machine.timezone.empty() ? std::nullopt : std::optional(machine.timezone));
    std::optional<std::int64_t> shown;
    if (const auto offset = offset_in_zone(now, machine.timezone); offset && !machine.timezone.empty()) shown = *offset;
    json.field("utc_offset_min", shown);
  });
}

std::string configuration_data(const FleetRow& row) {
  const ConfigurationStanding& standing = row.configuration;
  return json_object([&](JsonWriter& json) {
    json.field("machine_id", row.machine.machine_id).field("state", standing.state).field("version", standing.version);
    json.field("applied_version", standing.applied_version);
    json.field("error_key", standing.error_key.empty() ? std::nullopt : std::optional(standing.error_key));
  });
}

/// The names of what needs attention at the machine.
std::string causes_of(const FleetRow& row, Time now) {
  std::string causes;
  for (const Attention& attention : attention_of(std::span(&row, 1), now)) causes.append(attention.cause) += ' ';
  return causes;
}

}  // namespace

LiveNews::LiveNews(Parts parts)
    : parts_(std::move(parts)), channel_(most_events, parts_.most_streams), worker_("live updates", parts_.log) {
  worker_.start([this](Worker::Lock& lock) { return step(lock); });
}

void LiveNews::note_heard_of(std::span<const std::string> machine_ids) {
  if (!is_needed()) return;
  const auto lock = worker_.lock();
  noted_.heard.insert(machine_ids.begin(), machine_ids.end());
}

void LiveNews::note_said(const std::string& machine_id) {
  if (!is_needed()) return;
  const auto lock = worker_.lock();
  noted_.said.insert(machine_id);
}

void LiveNews::note_accounts() {
  const auto lock = worker_.lock();
  noted_.accounts = true;
}

std::shared_ptr<LiveStream> LiveNews::open(Principal who, LiveStream::Filter filter, std::string_view last_event_id) {
  return channel_.open(std::make_shared<LiveStream>(channel_, std::move(who), std::move(filter)), last_event_id);
}

bool LiveNews::is_needed() const { return parts_.wire || looks_ || channel_.is_watched(); }

void LiveNews::stop() {
  channel_.close();
  worker_.stop();
}

/// What is noted for later is added to again meanwhile.
bool LiveNews::step(Worker::Lock& lock) {
  if (!worker_.rest(lock, gathering)) return false;
  Noted noted = std::exchange(noted_, {});
  lock.unlock();
  if (channel_.is_watched()) looks_until_ = steady_clock::now() + looks_on_for;
  const bool looks = steady_clock::now() < looks_until_;
  exchange_with_others(noted, looks);
  if (!looks) {
    looks_ = false;
    told_.clear();
    return true;
  }
  Noted rest = later(noted, steady_clock::now());
  look(std::move(noted));
  channel_.ring();
  lock.lock();
  noted_.heard.merge(rest.heard);
  return true;
}

/// Tells other servers what this one noted, and adds what they did.
void LiveNews::exchange_with_others(Noted& noted, bool listens) {
  if (!parts_.wire) return;
  std::vector<std::string> lines;
  for (const std::string& machine : noted.heard) lines.push_back(std::string{heard_of, ' '} + machine);
  for (const std::string& machine : noted.said) lines.push_back(std::string{said, ' '} + machine);
  if (noted.accounts) lines.emplace_back(1, accounts);
  if (!lines.empty()) {
    if (auto told = parts_.wire->tell(lines); !told) note_failure(told.error());
  }
  if (!listens) return parts_.wire->rest();
  const auto heard = parts_.wire->heard();
  if (!heard) return note_failure(heard.error());
  for (const std::string& line : *heard) {
    if (line.starts_with(heard_of)) noted.heard.insert(line.substr(2));
    if (line.starts_with(said)) noted.said.insert(line.substr(2));
    if (line.starts_with(accounts)) noted.accounts = true;
  }
}

/// Takes out what was told less than a second ago.
LiveNews::Noted LiveNews::later(Noted& noted, Instant now) const {
  Noted rest;
  for (auto machine = noted.heard.begin(); machine != noted.heard.end();) {
    const auto told = told_.find(*machine);
    const auto here = machine++;
    if (told != told_.end() && now - told->second.at < once_in) rest.heard.insert(noted.heard.extract(here));
  }
  return rest;
}

void LiveNews::look(Noted noted) {
  const Instant now = steady_clock::now();
  const auto layers = parts_.sources.configuration.layers();
  if (noted.accounts || now >= watchers_due_) {
    watchers_due_ = now + watchers_each;
    look_at_watchers();  // before anything is told that they may not see any more
  }
  const bool is_first = !looks_.exchange(true);
  const bool is_edited = layers && std::exchange(layers_change_, layers->change()) != layers->change();
  if (is_first || is_edited || now >= all_due_) {
    all_due_ = now + all_each;
    look_at_all(is_first ? &noted : nullptr);
    // What happened on another server before this one began to listen nobody knows of.
    if (is_first && parts_.wire) channel_.tell("", "reset", "{}");
  }
  for (const std::string& machine : noted.said) look_at(machine, true);
  for (const std::string& machine : noted.heard)
    if (!noted.said.contains(machine)) look_at(machine, false);
}

/// `first`: what is noted at the first look. All else was so before anybody watched, and is not told.
void LiveNews::look_at_all(const Noted* first) {
  std::string after;
  for (std::size_t found = machines_at_once; found == machines_at_once;) {
    auto machines = parts_.reader.machines(after, machines_at_once);
    if (!machines) return note_failure(machines.error());
    found = machines->size();
    if (found > 0) after = machines->back().machine_id;
    auto rows = fleet_rows(parts_.sources, std::move(*machines), parts_.clock.now());
    if (!rows) return note_failure(rows.error());
    for (FleetRow& row : *rows) {
      const std::string& id = row.machine.machine_id;
      compare(std::move(row), first && !first->heard.contains(id) && !first->said.contains(id));
    }
  }
  failing_ = false;
}

/// How it stands with its configuration is asked only where its agent said something.
void LiveNews::look_at(const std::string& machine_id, bool has_said) {
  auto machine = parts_.reader.machine(machine_id);
  if (!machine) return note_failure(machine.error());
  if (!*machine) return;
  const Time now = parts_.clock.now();
  const auto told = told_.find(machine_id);
  if (!has_said && told != told_.end()) {
    const Liveness state = liveness(**machine, now);
    const auto since = state_since(**machine, state);
    return compare(
        {.machine = std::move(**machine), .state = state, .since = since, .configuration = told->second.standing},
        false);
  }
  std::vector<Machine> one;
  one.push_back(std::move(**machine));
  auto rows = fleet_rows(parts_.sources, std::move(one), now);
  if (!rows) return note_failure(rows.error());
  compare(std::move(rows->front()), false);
}

/// Tells what of a machine is new, unless it is only to be known.
void LiveNews::compare(FleetRow row, bool silent) {
  const Time now = parts_.clock.now();
  const std::string& id = row.machine.machine_id;
  Told& told = told_[id];
  const auto tell_new = [&](std::string& before, std::string text, std::string_view event, std::string_view data) {
    const bool is_new = before != text;
    before = std::move(text);
    if (!is_new || silent) return;
    channel_.tell(id, event, data.empty() ? before : data);
    told.at = steady_clock::now();
  };
  tell_new(told.machine, machine_data(row, now), "machine", "");
  tell_new(told.configuration, configuration_data(row), "configuration", "");
  tell_new(told.causes, causes_of(row, now), "attention", "{}");
  told.standing = std::move(row.configuration);
}

void LiveNews::look_at_watchers() {
  for (const auto& stream : channel_.streams()) {
    auto who = principal_now(parts_.sources.database, stream->who(), parts_.clock.now());
    if (who) {
      stream->set_who(std::move(*who));
    } else if (is_transient(who.error().code)) {
      return note_failure(who.error());
    } else {
      stream->end();
    }
  }
}

/// Once for each outage.
void LiveNews::note_failure(const Error& error) {
  if (std::exchange(failing_, true)) return;
  parts_.log.warning("live updates are late: the database fails", {{"error", error.message}});
}

}  // namespace activitytrack::server
