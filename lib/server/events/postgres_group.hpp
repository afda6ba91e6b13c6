#pragma once

#include "server/database/postgres_values.hpp"
#include "server/events/event_row.hpp"
#include "server/events/store.hpp"

#include <chrono>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace activitytrack::server {

/// The events of a group as PostgreSQL gets them: each once, in order of machine and time. Views the batches.
class PostgresGroup {
 public:
  explicit PostgresGroup(std::span<const Batch> batches);

  std::span<const std::int64_t> machines() const { return machines_; }  ///< machine_key() of each of events()
  std::span<const Event* const> events() const { return events_; }
  const std::set<GroupHours::Key>& hours() const { return hours_; }  ///< that events() belong to
  const std::set<std::chrono::year_month>& months() const { return months_; }

  /// Says that this one of events() was not known before. False if it is none of them.
  bool mark_new(std::int64_t machine, Time timestamp);
  void mark_all_new() { new_.assign(new_.size(), true); }

  /// What became of each batch, and what the new events add up to.
  std::vector<Counts> counts(std::span<const Batch> batches) const;
  GroupHours new_hours() const;

 private:
  std::vector<std::int64_t> machines_;
  std::vector<const Event*> events_;
  std::vector<std::size_t> batches_;  ///< of each of events(): the batch that brought it first
  std::vector<bool> new_;
  std::set<GroupHours::Key> hours_;
  std::set<std::chrono::year_month> months_;
};

// The statements of one group. Columns of values go as arrays (PostgresArray), of which unnest() makes rows:
// one statement stores any number of them, in their order.

/// Machines that a group touches. Their rows stay locked until its end, so that on all servers together one
/// group at a time adds to a machine's hours; in order of key, so that no two wait for each other. Returns the
/// ids of those that it touched: one that shares its key with another machine is not among them.
extern const std::string touch_machines_sql;
PostgresParameters touch_machines_parameters(const TouchedMachines& machines, Time now);

/// Stores events none of which may be known: fails with `known_event` otherwise. It takes PostgreSQL a
/// quarter less time than to look for each first.
const std::string& insert_events_sql();
inline constexpr std::string_view known_event = "23505";  // unique_violation

/// Stores those that are not known, and returns machine and timestamp of each.
const std::string& insert_new_events_sql();
PostgresParameters insert_events_parameters(const PostgresGroup& group);

/// Returns machine, start, offset_min and totals of the hours that are there.
extern const std::string select_hours_sql;
PostgresParameters select_hours_parameters(const PostgresGroup& group);

extern const std::string upsert_hours_sql;
PostgresParameters upsert_hours_parameters(const std::map<GroupHours::Key, Hour>& hours);

/// Keeps the accounts as they are until the transaction ends, or, if they are not of this version any more,
/// fails with the SQLSTATE `stale_accounts`.
extern const std::string hold_accounts_sql;
inline constexpr std::string_view stale_accounts = "22012";  // division_by_zero

}  // namespace activitytrack::server
