#pragma once

#include "server/events/group_hours.hpp"
#include "server/events/store.hpp"

#include <chrono>
#include <cstdint>
#include <set>
#include <span>
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
  void mark_all_new();

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

}  // namespace activitytrack::server
