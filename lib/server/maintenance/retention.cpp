#include "server/maintenance/retention.hpp"

#include "server/accounts/audit.hpp"
#include "server/events/event_row.hpp"
#include "server/maintenance/delete_rows.hpp"
#include "server/maintenance/hours_care.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

/// Calls `remove` until no more are left, or `pause` says to stop; adds up what it removed.
template <class Remove>
Result<std::int64_t> in_steps(const Pause& pause, Remove remove) {
  std::int64_t total = 0;
  while (true) {
    const auto removed = remove();
    if (!removed) return removed.error();
    total += removed->rows;
    if (!removed->more || !pause(true)) return total;
  }
}

}  // namespace

Time retention_cutoff(Time now, std::int64_t days) {
  if (days == 0) return Time{};
  return std::max(Time{}, Time(std::chrono::floor<std::chrono::days>(now) - std::chrono::days(days)));
}

Result<void> note_events_kept_from(Database& database, Time before) {
  const auto noted = database.run(
      "INSERT INTO server_state(name, value) VALUES('events_kept_from', $1) ON CONFLICT(name) DO UPDATE SET"
      " value = CASE WHEN excluded.value > server_state.value THEN excluded.value ELSE server_state.value "
      "END",
      {to_micros(before)});
  if (!noted) return noted.error();
  return {};
}

Result<Time> events_kept_from(Database& database) {
  Time from{};
  const auto read = database.run(
      "INSERT INTO server_state(name, value) VALUES('events_kept_from', 0)"
      " ON CONFLICT(name) DO UPDATE SET value = server_state.value RETURNING value",
      {}, [&](const SqlRow& row) { from = from_micros(row.integer(0)); });
  if (!read) return read.error();
  return from;
}

Result<std::int64_t> remove_old(Database& database, const Retention& retention, Time now, const Pause& pause) {
  const Time events_before = retention_cutoff(now, retention.event_days),
             hours_before = retention_cutoff(now, retention.hour_days);
  if (events_before > Time{}) {
    if (auto noted = note_events_kept_from(database, events_before); !noted) return noted.error();
  }
  std::int64_t total = 0;
  bool stopped = false;
  const auto machines = each_machine(database, [&](const std::string& machine_id) -> Result<void> {
    if (stopped) return {};
    const auto machine = machine_key(machine_id);
    const auto events = in_steps(pause, [&] { return delete_events(database, machine, events_before); });
    if (!events) return events.error();
    const auto hours = in_steps(pause, [&] { return delete_hours(database, machine, hours_before); });
    if (!hours) return hours.error();
    total += *events;
    stopped = !pause(*events + *hours > 0);
    return {};
  });
  if (!machines) return machines.error();
  if (stopped) return total;
  const auto audit = in_steps(pause, [&]() -> Result<Removed> {
    const auto dropped = drop_old_audit(database, retention_cutoff(now, retention.audit_days), rows_a_step);
    if (!dropped) return dropped.error();
    return Removed{*dropped, *dropped == rows_a_step};
  });
  if (!audit) return audit;
  return total;
}

}  // namespace activitytrack::server
