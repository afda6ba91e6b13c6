#include "server/events/postgres_group.hpp"

#include "server/events/event_row.hpp"
#include "server/events/hours.hpp"
#include "server/events/postgres_schema.hpp"

#include <algorithm>
#include <tuple>

namespace activitytrack::server {
namespace {

struct GroupRow {
  std::int64_t machine;
  Time timestamp;
  std::size_t batch;
  const Event* event;

  auto key() const { return std::tie(machine, timestamp); }
};

std::vector<GroupRow> rows_of(std::span<const Batch> batches) {
  std::vector<GroupRow> rows;
  for (std::size_t batch = 0; batch < batches.size(); ++batch) {
    std::string_view machine_id;
    std::int64_t machine = 0;
    for (const Event& event : batches[batch].events) {
      if (event.machine_id != machine_id) {
        machine_id = event.machine_id;
        machine = machine_key(machine_id);
      }
      rows.push_back({machine, event.timestamp, batch, &event});
    }
  }
  return rows;
}

/// The keys of hours, a column each.
struct HourColumns {
  PostgresArray machines{postgres_type::int8}, starts{postgres_type::int8}, offsets{postgres_type::int2};

  void add(const GroupHours::Key& key) {
    machines.add(key.first);
    starts.add(to_micros(key.second.start));
    offsets.add(std::int64_t{key.second.offset_min});
  }
  PostgresParameters take() {
    PostgresParameters parameters;
    for (PostgresArray* column : {&machines, &starts, &offsets}) std::move(*column).finish(parameters);
    return parameters;
  }
};

}  // namespace

PostgresGroup::PostgresGroup(std::span<const Batch> batches) {
  auto rows = rows_of(batches);
  // Stable: of an event that comes twice, the first is stored.
  std::ranges::stable_sort(rows, [](const GroupRow& a, const GroupRow& b) { return a.key() < b.key(); });
  const auto twice = std::ranges::unique(rows, [](const GroupRow& a, const GroupRow& b) { return a.key() == b.key(); });
  rows.erase(twice.begin(), twice.end());
  for (const GroupRow& row : rows) {
    machines_.push_back(row.machine);
    events_.push_back(row.event);
    batches_.push_back(row.batch);
    hours_.emplace_hint(hours_.end(), row.machine, hour_of(*row.event));
    months_.insert(month_of(row.timestamp));
  }
  new_.resize(rows.size());
}

bool PostgresGroup::mark_new(std::int64_t machine, Time timestamp) {
  const auto [first, last] = std::ranges::equal_range(machines_, machine);
  const auto of_machine = std::span(events_).subspan(static_cast<std::size_t>(first - machines_.begin()),
                                                     static_cast<std::size_t>(last - first));
  const auto found = std::ranges::lower_bound(of_machine, timestamp, {}, [](const Event* e) { return e->timestamp; });
  if (found == of_machine.end() || (*found)->timestamp != timestamp) return false;
  new_[static_cast<std::size_t>(&*found - events_.data())] = true;
  return true;
}

std::vector<Counts> PostgresGroup::counts(std::span<const Batch> batches) const {
  std::vector<Counts> counts;
  for (const Batch& batch : batches) counts.push_back({0, batch.events.size()});
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (!new_[i]) continue;
    ++counts[batches_[i]].accepted;
    --counts[batches_[i]].duplicates;
  }
  return counts;
}

GroupHours PostgresGroup::new_hours() const {
  GroupHours hours;
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (new_[i]) hours.add(machines_[i], *events_[i]);
  }
  return hours;
}

const std::string touch_machines_sql =
    std::string(insert_machines) +
    " SELECT id, machine_id, $1, $1, timezone, timezone_at, agent_version, collect_sec, send_sec, capture,"
    " agent_state, state_since, latest_event, latest_is_idle, latest_is_scripted,"
    " rejected, $1, rejected_field, rejected_error, $2, day_events"
    " FROM unnest($3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::bigint[], $9::bigint[],"
    " $10::text[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[],"
    " $16::bigint[], $17::text[], $18::text[], $19::bigint[])"
    " AS touched(id, machine_id, timezone, timezone_at, agent_version, collect_sec, send_sec, capture,"
    " agent_state, state_since, latest_event, latest_is_idle, latest_is_scripted,"
    " rejected, rejected_field, rejected_error, day_events)" +
    std::string(or_update_machines) + " RETURNING id, day_events";

PostgresParameters touch_machines_parameters(const TouchedMachines& machines, Time now) {
  using namespace postgres_type;
  PostgresArray ids(int8), machine_ids(text), zones(text), zones_at(int8);
  PostgresArray versions(text), collect(int8), send(int8), capture(text), states(text), since(int8);
  PostgresArray latest(int8), idle(int8), scripted(int8);
  PostgresArray rejected(int8), rejected_fields(text), rejected_errors(text), day_events(int8);
  for (const auto& [key, machine] : machines) {
    ids.add(key);
    machine_ids.add(std::string_view(*machine.machine_id));
    zones.add(std::string_view(machine.timezone));
    zones_at.add(to_micros(machine.timezone_at));
    latest.add(to_micros(machine.latest_at()));
    idle.add(std::int64_t{machine.latest_is_idle()});
    scripted.add(std::int64_t{machine.latest_is_scripted()});
    rejected.add(machine.rejected);
    day_events.add(machine.day_events);
    if (machine.has_state()) {
      states.add(to_string(*machine.agent->state));
      since.add(to_micros(machine.agent->since));
    } else {
      states.add_null(), since.add_null();
    }
    if (const Rejections* rejection = machine.rejection) {
      rejected_fields.add(std::string_view(rejection->field));
      rejected_errors.add(std::string_view(rejection->error));
    } else {
      rejected_fields.add_null(), rejected_errors.add_null();
    }
    if (const AgentState* agent = machine.agent) {
      versions.add(std::string_view(agent->version));
      collect.add(agent->collect_interval_sec);
      send.add(agent->send_interval_sec);
      capture.add(to_string(agent->capture));
    } else {
      for (PostgresArray* column : {&versions, &collect, &send, &capture}) column->add_null();
    }
  }
  PostgresParameters parameters;
  parameters.add(to_micros(now));
  parameters.add(day_number(now));
  for (PostgresArray* column :
       {&ids, &machine_ids, &zones, &zones_at, &versions, &collect, &send, &capture, &states, &since, &latest, &idle,
        &scripted, &rejected, &rejected_fields, &rejected_errors, &day_events}) {
    std::move(*column).finish(parameters);
  }
  return parameters;
}

// unnest() in the list of a SELECT, where all run side by side, is quicker by a tenth than in its FROM.
const std::string& insert_events_sql() {
  static const std::string sql = [] {
    std::string columns = "unnest($1::bigint[])";
    int number = 2;
    for (const EventField* field : stored_fields()) {
      columns += ", unnest($" + std::to_string(number++) + "::" + std::string(postgres_column_type(*field)) + "[])";
    }
    return "INSERT INTO events(machine, " + stored_column_list() + ") SELECT " + columns;
  }();
  return sql;
}

const std::string& insert_new_events_sql() {
  static const std::string sql =
      insert_events_sql() + " ON CONFLICT(machine, timestamp) DO NOTHING RETURNING machine, timestamp";
  return sql;
}

PostgresParameters insert_events_parameters(const PostgresGroup& group) {
  PostgresParameters parameters;
  PostgresArray machines(postgres_type::int8);
  for (const std::int64_t machine : group.machines()) machines.add(machine);
  std::move(machines).finish(parameters);
  for (const EventField* field : stored_fields()) add_field_array(group.events(), *field, parameters);
  return parameters;
}

const std::string select_hours_sql =
    "SELECT machine, start, offset_min, totals FROM hours"
    " JOIN unnest($1::bigint[], $2::bigint[], $3::smallint[]) AS touched(machine, start, offset_min)"
    " USING (machine, start, offset_min)";

PostgresParameters select_hours_parameters(const PostgresGroup& group) {
  HourColumns columns;
  for (const GroupHours::Key& key : group.hours()) columns.add(key);
  return columns.take();
}

const std::string upsert_hours_sql =
    "INSERT INTO hours(machine, start, offset_min, totals)"
    " SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::smallint[], $4::bytea[])"
    " ON CONFLICT(machine, start, offset_min) DO UPDATE SET totals = excluded.totals";

PostgresParameters upsert_hours_parameters(const std::map<GroupHours::Key, Hour>& hours) {
  HourColumns columns;
  PostgresArray totals(postgres_type::bytea);
  for (const auto& [key, hour] : hours) {
    columns.add(key);
    totals.add(std::string_view(pack_hour(hour)));
  }
  PostgresParameters parameters = columns.take();
  std::move(totals).finish(parameters);
  return parameters;
}

const std::string hold_accounts_sql =
    "SELECT 1 / (value = $1)::int FROM server_state WHERE name = 'accounts_version' FOR SHARE";

}  // namespace activitytrack::server
