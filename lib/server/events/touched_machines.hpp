#pragma once

#include "server/events/store.hpp"

#include <map>

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

/// A machine cannot be stored, because another one has its key: see machine_key().
Error shared_key_error(std::string_view machine_id);

}  // namespace activitytrack::server
