#include "server/maintenance/hours_rebuild.hpp"

#include "server/database/database.hpp"
#include "server/events/event_row.hpp"
#include "server/events/packed_hour.hpp"
#include "server/maintenance/retention.hpp"

namespace activitytrack::server {
namespace {

/// Ingest touches the machine's row first, so that it waits for us, or we for it.
Result<void> lock_machine(Database& database, std::int64_t machine) {
  return database.execute("UPDATE machines SET last_seen = last_seen WHERE id = $1", {machine});
}

/// Of hours that begin at `from` or later: all of whose events are there.
Result<Hours> hours_of_events(Database& database, std::int64_t machine, std::string_view machine_id, Time from) {
  static const std::string sql =
      "SELECT " + stored_column_list() + " FROM events WHERE machine = $1 AND timestamp >= $2 ORDER BY timestamp";
  Hours hours;
  const auto read = database.run(sql, {machine, from}, [&](const SqlRow& row) {
    const Event event = read_event(row, machine_id);
    const HourKey key = hour_of(event);
    if (key.start >= from) hours[key].add(event);
  });
  if (!read) return read.error();
  return hours;
}

Result<void> replace_hours(Database& database, std::int64_t machine, Time from, const Hours& hours) {
  auto done = database.execute("DELETE FROM hours WHERE machine = $1 AND start >= $2", {machine, from});
  for (auto at = hours.begin(); done && at != hours.end(); ++at) {
    const auto& [key, hour] = *at;
    done = database.execute("INSERT INTO hours(machine, start, offset_min, totals) VALUES($1, $2, $3, $4)",
                            {machine, key.start, key.offset_min, Bytes{pack_hour(hour)}});
  }
  return done;
}

}  // namespace

Result<void> rebuild_hours(Database& database, std::string_view machine_id, std::optional<Time> from) {
  const auto machine = machine_key(machine_id);
  return database.transact([&]() -> Result<void> {
    if (auto locked = lock_machine(database, machine); !locked) return locked;
    const auto first = from ? Result<Time>(*from) : events_kept_from(database);
    if (!first) return first.error();
    const auto hours = hours_of_events(database, machine, machine_id, *first);
    if (!hours) return hours.error();
    return replace_hours(database, machine, *first, *hours);
  });
}

Result<HoursCheck> compare_hours(Database& database, std::string_view machine_id) {
  const auto machine = machine_key(machine_id);
  return transact(database, [&]() -> Result<HoursCheck> {
    HoursCheck check;
    if (auto locked = lock_machine(database, machine); !locked) return locked.error();
    const auto from = events_kept_from(database);
    if (!from) return from.error();
    auto expected = hours_of_events(database, machine, machine_id, *from);
    if (!expected) return expected.error();
    const auto each = [&](const SqlRow& row) {
      const HourKey key{row.time(0), static_cast<int>(row.integer(1))};
      const auto found = expected->find(key);
      ++check.hours;
      if (found == expected->end() || !same_hour(found->second, row.text(2))) ++check.different;
      if (found != expected->end()) expected->erase(found);
    };
    const auto read = database.run("SELECT start, offset_min, totals FROM hours WHERE machine = $1 AND start >= $2",
                                   {machine, *from}, each);
    if (!read) return read.error();
    check.different += static_cast<std::int64_t>(expected->size());
    return check;
  });
}

Result<void> rebuild_hours_if_asked(Database& database) {
  const auto asked = database.finds("SELECT 1 FROM server_state WHERE name = 'hours_to_rebuild'", {});
  if (!asked) return asked.error();
  if (!*asked) return {};
  const auto rebuild = [&](const std::string& machine) { return rebuild_hours(database, machine); };
  if (auto rebuilt = each_machine(database, rebuild); !rebuilt) return rebuilt;
  return database.execute("DELETE FROM server_state WHERE name = 'hours_to_rebuild'");
}

Result<void> each_machine(Database& database, const std::function<Result<void>(const std::string& id)>& each) {
  constexpr std::int64_t page = 1000;
  for (std::string after;;) {
    const auto ids = select_texts(
        database, "SELECT machine_id FROM machines WHERE machine_id > $1 ORDER BY machine_id LIMIT $2", {after, page});
    if (!ids) return ids.error();
    if (ids->empty()) return {};
    for (const std::string& id : *ids) {
      if (auto done = each(id); !done) return done;
    }
    after = ids->back();
  }
}

}  // namespace activitytrack::server
