#pragma once

#include <activitytrack/core/event.hpp>
#include <activitytrack/seal/seal.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace activitytrack {

/// An object of a bucket that events are kept in.
struct EventObject {
  std::string key;
  std::string bytes;
};

/// One object for each machine and UTC date: JSON Lines in order of time, packed, by `seal_for` sealed. In
/// its name are the first and the last timestamp, with a fraction where they have one: events of two objects
/// must never meet under one name.
std::vector<EventObject> event_objects(std::span<const EncodedEvent> events, const std::optional<PublicKey>& seal_for);

}  // namespace activitytrack
