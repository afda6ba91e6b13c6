#pragma once

#include "report/hours.hpp"
#include "server/events/store.hpp"

#include <cstdint>
#include <map>
#include <utility>

namespace activitytrack::server {

/// What a group says of a machine that it names. Points into the batches.
struct TouchedMachine {
  const std::string* machine_id = nullptr;
  std::string timezone{};             ///< of the latest event that names one; "" if none does
  Time timezone_at{};                 ///< that event's timestamp
  const Event* latest = nullptr;      ///< that it names of this machine
  const AgentState* agent = nullptr;  ///< what its agent said last; null if nothing
};

/// By machine_key(), in order.
using TouchedMachines = std::map<std::int64_t, TouchedMachine>;

/// An error, as shared_key_error() makes it, if two of them share a key.
Result<TouchedMachines> touched_machines(std::span<const Batch> batches);

// What the tables of both databases share, with the types of PostgreSQL, which adds how it keeps them. The columns of
// machines follow id and machine_id.
extern const std::string_view columns_of_machines, create_hours;

// Stores what a group says of a machine, whether it is known or not, in the SQL of both databases: the values of these
// columns, in their order, go between the two. Changes no row if another machine has its key.
extern const std::string_view insert_machines;  ///< ends with the columns
extern const std::string_view or_update_machines;

/// A machine cannot be stored, because another one has its key: see machine_key().
Error shared_key_error(std::string_view machine_id);

/// What the new events of a group add to the hours of their machines: see StoreWriter::append(). In order of key, so
/// that writers on several servers take their locks in one order.
class GroupHours {
 public:
  using Key = std::pair<std::int64_t, HourKey>;  ///< machine_key(), hour

  void add(std::int64_t machine, const Event& event) {
    const Key key{machine, hour_of(event)};
    // A batch brings one machine's minutes in order: mostly it is the hour of the event before.
    if (last_ == hours_.end() || last_->first != key) last_ = hours_.try_emplace(key).first;
    last_->second.add(event);
  }

  const std::map<Key, Hour>& all() const { return hours_; }

 private:
  std::map<Key, Hour> hours_;
  std::map<Key, Hour>::iterator last_ = hours_.end();
};

}  // namespace activitytrack::server
