#include "server/events/store.hpp"

#include "core/event_batch.hpp"
#include "core/json_writer.hpp"
#include "report/gaps.hpp"
#include "server/database/database.hpp"
#include "server/database/postgres_database.hpp"
#include "server/events/event_row.hpp"
#include "server/events/hours.hpp"
#include "server/events/made_up.hpp"
#include "server/events/postgres_schema.hpp"

#include <activitytrack/core/clock.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace activitytrack::server {
namespace {

// What append() compares, and in PostgreSQL locks: the row has to be there.
constexpr std::string_view shared_events_schema[] = {
    made_up_schema, "INSERT INTO server_state(name, value) VALUES('accounts_version', 0) ON CONFLICT(name) DO NOTHING"};

constexpr AddedColumn added_to_machines[] = {
    {"machines", "agent_state", "TEXT"},  // of what its agent said last, as capture is
    {"machines", "state_since", "BIGINT"},
    {"machines", "latest_is_scripted", "BIGINT NOT NULL DEFAULT 0"},
    {"machines", "rejected_events", "BIGINT NOT NULL DEFAULT 0"},
    {"machines", "rejected_at", "BIGINT NOT NULL DEFAULT 0"},
    {"machines", "rejected_field", "TEXT"},
    {"machines", "rejected_error", "TEXT"},
    {"machines", "day", "BIGINT NOT NULL DEFAULT 0"},
    {"machines", "day_events", "BIGINT NOT NULL DEFAULT 0"},
};

const std::string machine_columns =
    "SELECT machine_id, user_label, first_seen, last_seen, timezone,"
    " agent_version, collect_interval_sec, send_interval_sec, capture, agent_state, state_since,"
    " latest_event, latest_is_idle, latest_is_scripted,"
    " rejected_events, rejected_at, rejected_field, rejected_error, day, day_events,"
    " EXISTS(SELECT 1 FROM made_up WHERE kind = 'machine' AND name = machines.machine_id) FROM machines";

/// Columns of a gap: when the event after it began, its name, and when the event before it ended. By the index of those
/// that have a gap, and one look at the other for each.
const std::string gap_columns =
    "SELECT timestamp, gap_before, (SELECT earlier.timestamp +"
    " CAST(round(coalesce(earlier.interval_sec, 60) * 1000000) AS BIGINT) FROM events earlier"
    " WHERE earlier.machine = one.machine AND earlier.timestamp < one.timestamp"
    " ORDER BY earlier.timestamp DESC LIMIT 1) ";

std::optional<AgentState> read_agent(const SqlRow& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  AgentState agent;
  agent.version = row.text(column);
  agent.collect_interval_sec = row.integer(column + 1);
  agent.send_interval_sec = row.integer(column + 2);
  agent.capture = parse_capture(row.text(column + 3)).value_or(AgentState::Capture::working);
  if (row.is_null(column + 4)) return agent;
  agent.state = parse_gap(row.text(column + 4));
  agent.since = row.time(column + 5);
  return agent;
}

Machine read_machine(const SqlRow& row) {
  Machine machine;
  machine.machine_id = row.text(0);
  if (!row.is_null(1)) machine.user_label = row.text(1);
  machine.first_seen = row.time(2);
  machine.last_seen = row.time(3);
  machine.timezone = row.text(4);
  constexpr int first_of_agent = 5;
  machine.agent = read_agent(row, first_of_agent);
  constexpr int after_agent = first_of_agent + 6;
  machine.latest_event = row.time(after_agent);
  machine.latest_is_idle = row.flag(after_agent + 1);
  machine.latest_is_scripted = row.flag(after_agent + 2);
  constexpr int after_latest = after_agent + 3;
  machine.rejected_events = row.integer(after_latest);
  if (machine.rejected_events > 0) {
    machine.latest_rejection = {row.time(after_latest + 1), std::string(row.text(after_latest + 2)),
                                std::string(row.text(after_latest + 3))};
  }
  machine.day = row.integer(after_latest + 4);
  machine.day_events = row.integer(after_latest + 5);
  machine.is_made_up = row.flag(after_latest + 6);
  return machine;
}

/// Of years there are many, and others have their turn at the database in between.
constexpr std::size_t hours_at_once = 500;

std::optional<UnobservedTime> read_gap(const SqlRow& row) {
  return gap_before(row.time_if_any(2), row.time(0), parse_gap(row.text(1)));
}

/// So many machines are asked for together: one statement that both databases know, and others have their turn after
/// it.
constexpr std::size_t machines_at_once = 200;

const std::string& hour_times_sql() {
  static const std::string sql = [] {
    std::string text = "SELECT machine, start, offset_min, substr(totals, 1, " + std::to_string(packed_times_bytes) +
                       ") FROM hours WHERE start >= $1 AND start < $2 AND machine IN (";
    for (std::size_t i = 0; i < machines_at_once; ++i) text += (i > 0 ? ", $" : "$") + std::to_string(3 + i);
    return text + ")";
  }();
  return sql;
}

class SqlReader : public StoreReader {
 public:
  explicit SqlReader(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  Result<std::vector<Machine>> machines(std::string_view after, std::size_t limit) override {
    static const std::string sql = machine_columns + " WHERE machine_id > $1 ORDER BY machine_id LIMIT $2";
    return select_all(*database_, sql, {after, limit}, read_machine);
  }

  Result<std::optional<Machine>> machine(std::string_view machine_id) override {
    static const std::string sql = machine_columns + " WHERE id = $1 AND machine_id = $2";
    return select_one(*database_, sql, {machine_key(machine_id), machine_id}, read_machine);
  }

  Result<std::vector<Event>> events(std::string_view machine_id, TimeRange range, std::size_t limit) override {
    static const std::string sql =
        "SELECT " + stored_column_list() +
        " FROM events WHERE machine = $1 AND timestamp >= $2 AND timestamp < $3 ORDER BY timestamp LIMIT $4";
    return select_all(*database_, sql, {machine_key(machine_id), range.start, range.end, limit},
                      [&](const SqlRow& row) { return read_event(row, machine_id); });
  }

  Result<std::vector<UnobservedTime>> gaps(std::string_view machine_id, TimeRange range) override {
    static const std::string latest_first =
        gap_columns +
        "FROM events one WHERE machine = $1 AND timestamp >= $2 AND timestamp < $3 AND gap_before IS NOT NULL"
        " ORDER BY timestamp DESC LIMIT $4";
    // The one that is not over at the end of the range, if that is followed by any event.
    static const std::string across_the_end =
        gap_columns +
        "FROM (SELECT machine, timestamp, gap_before FROM events WHERE machine = $1 AND timestamp >= $2"
        " ORDER BY timestamp LIMIT 1) one WHERE gap_before IS NOT NULL";
    const std::int64_t key = machine_key(machine_id);
    std::vector<UnobservedTime> found;
    const auto each = [&](const SqlRow& row) {
      if (const auto gap = read_gap(row)) found.push_back(*gap);
    };
    if (auto read = database_->execute(across_the_end, {key, range.end}, each); !read) return read.error();
    if (auto read = database_->execute(latest_first, {key, range.start, range.end, most_gaps}, each); !read)
      return read.error();
    std::ranges::reverse(found);
    return gaps_within(found, range);
  }

  Result<void> hours(std::string_view machine_id, TimeRange range, const EachHour& each) override {
    const SqlValue machine = machine_key(machine_id);
    HourKey last{range.start, INT16_MIN};
    for (std::size_t found = hours_at_once; found == hours_at_once;) {
      found = 0;
      const auto read = database_->execute(
          "SELECT start, offset_min, totals FROM hours WHERE machine = $1 AND (start, offset_min) > ($2, $3)"
          " AND start < $4 ORDER BY start, offset_min LIMIT $5",
          {machine, last.start, last.offset_min, range.end, hours_at_once}, [&](const SqlRow& row) {
            ++found;
            last = {row.time(0), static_cast<int>(row.integer(1))};
            each(last, row.text(2));
          });
      if (!read) return read;
    }
    return {};
  }

  Result<void> hour_times(std::span<const std::string> machine_ids, TimeRange range,
                          const EachHourTimes& each) override {
    for (std::size_t first = 0; first < machine_ids.size(); first += machines_at_once) {
      const auto some = machine_ids.subspan(first, std::min(machines_at_once, machine_ids.size() - first));
      const auto read = times_of_some(
          some, range,
          [&](std::size_t machine, const HourKey& key, const HourTimes& times) { each(first + machine, key, times); });
      if (!read) return read;
    }
    return {};
  }

 private:
  /// Of at most `machines_at_once`: the last stands for those that are missing to so many.
  Result<void> times_of_some(std::span<const std::string> machine_ids, TimeRange range, const EachHourTimes& each) {
    std::map<std::int64_t, std::size_t> places;
    std::vector<SqlValue> parameters{range.start, range.end};
    for (std::size_t i = 0; i < machine_ids.size(); ++i) {
      const auto key = machine_key(machine_ids[i]);
      places.emplace(key, i);
      parameters.emplace_back(key);
    }
    parameters.resize(2 + machines_at_once, parameters.back());
    Result<HourTimes> times;
    const auto read = database_->run(hour_times_sql(), parameters, [&](const SqlRow& row) {
      if (times) times = read_times(row.text(3));
      const auto place = places.find(row.integer(0));
      if (times && place != places.end()) each(place->second, {row.time(1), static_cast<int>(row.integer(2))}, *times);
    });
    if (!read) return read.error();
    return times ? Result<void>() : times.error();
  }

  std::unique_ptr<Database> database_;
};

/// How many of summed_fields the hours have been packed with is in server_state, once that is not the 7 that it was at
/// first.
Result<void> follow_summed_fields(Database& database) {
  constexpr auto now = static_cast<std::int64_t>(summed_fields.size());
  return database.transact([&]() -> Result<void> {
    const auto found =
        select_number(database, "SELECT coalesce(max(value), 7) FROM server_state WHERE name = 'summed_fields'");
    if (!found) return found.error();
    if (*found == now) return {};
    if (*found > now) {
      return Error{ErrorCode::unsupported,
                   "database: its hours are those of a newer activitytrack-server: run that one"};
    }
    return database.execute(
        "INSERT INTO server_state(name, value) VALUES('summed_fields', $1), ('hours_to_rebuild', 1)"
        " ON CONFLICT(name) DO UPDATE SET value = excluded.value",
        {now});
  });
}

Result<Store> open_by_url(const std::string& url, Schema schema) {
  constexpr std::string_view sqlite = "sqlite:";
  if (url.starts_with(sqlite)) return open_sqlite_store(url.substr(sqlite.size()), schema);
  if (is_postgres_url(url)) return open_postgres_store(url, schema);
  return Error{ErrorCode::unsupported, "database: the URL must begin with sqlite: or postgresql:"};
}

constexpr int missed_sends = 3;
constexpr std::array<std::string_view, liveness_count> liveness_names{
    "active", "idle", "scripted", "paused", "asleep", "stopped", "capture_failing", "offline"};

/// What an agent said that sends nothing for a while.
std::optional<Liveness> said_by(const AgentState& agent) {
  if (agent.state == Gap::paused) return Liveness::paused;
  if (agent.state == Gap::asleep) return Liveness::asleep;
  if (agent.state == Gap::stopped) return Liveness::stopped;
  // As older agents say it.
  if (agent.capture == AgentState::Capture::paused) return Liveness::paused;
  return std::nullopt;
}

/// An agent sends what it has each send interval, and has something each collect interval.
std::chrono::seconds longest_silence(const AgentState& agent) {
  return std::chrono::seconds(missed_sends * std::max(agent.collect_interval_sec, agent.send_interval_sec));
}

}  // namespace

const RoomSchema events_schema{shared_events_schema, prepare_sqlite_events, prepare_postgres_events, added_to_machines};

std::unique_ptr<StoreReader> make_sql_reader(std::unique_ptr<Database> database) {
  return std::make_unique<SqlReader>(std::move(database));
}

Result<bool> SqlWriter::set_user_label(std::string_view machine_id, const std::optional<std::string>& label) {
  return all_else_.changes_one("UPDATE machines SET user_label = $3 WHERE id = $1 AND machine_id = $2",
                               {machine_key(machine_id), machine_id, label});
}

Result<Store> open_store(const std::string& url, Schema schema) {
  auto store = open_by_url(url, schema);
  if (!store) return store;
  if (auto followed = follow_summed_fields(*store->database); !followed) return followed.error();
  return store;
}

std::string_view to_string(Liveness state) noexcept { return liveness_names[static_cast<std::size_t>(state)]; }

Liveness liveness(const Machine& machine, Time now) noexcept {
  const AgentState agent = machine.agent.value_or(AgentState{});
  if (const auto said = said_by(agent)) return *said;
  if (now - machine.last_seen > longest_silence(agent)) return Liveness::offline;
  if (agent.state || agent.capture == AgentState::Capture::failing) return Liveness::capture_failing;
  if (machine.latest_is_scripted) return Liveness::scripted;
  return machine.latest_is_idle ? Liveness::idle : Liveness::active;
}

void append_machine_json(std::string& out, const Machine& machine, Time now) {
  JsonWriter json(out);
  json.begin_object()
      .field("machine_id", machine.machine_id)
      .field("user_label", machine.user_label)
      .field("first_seen", format_timestamp(machine.first_seen))
      .field("last_seen", format_timestamp(machine.last_seen));
  json.key("timezone");
  machine.timezone.empty() ? json.null() : json.value(machine.timezone);
  json.field("latest_event", format_timestamp(machine.latest_event)).field("state", to_string(liveness(machine, now)));
  std::string agent;
  if (machine.agent) append_agent_json(agent, *machine.agent);
  json.key("agent").raw(agent.empty() ? "null" : agent);
  json.field("events_today", machine.day == day_number(now) ? machine.day_events : 0);
  json.field("rejected_events", machine.rejected_events).key("latest_rejection");
  if (const auto& rejection = machine.latest_rejection) {
    json.begin_object().field("at", format_timestamp(rejection->at));
    json.field("field", rejection->field).field("error", rejection->error).end_object();
  } else {
    json.null();
  }
  if (machine.is_made_up) json.field("demo", true);
  json.end_object();
}

}  // namespace activitytrack::server
