#pragma once

#include "report/hours.hpp"

#include <cstdint>
#include <map>
#include <utility>

namespace activitytrack::server {

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
