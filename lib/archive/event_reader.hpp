#pragma once

#include "archive/event_files.hpp"

#include <activitytrack/core/event.hpp>
#include <activitytrack/seal/seal.hpp>

#include <cstddef>

namespace activitytrack {

/// Told of what a file's lines hold, in order; lines count from 1. An error ends the reading and is handed on.
struct EventLines {
  std::function<Result<void>(Event&& event, std::size_t line)> event;
  std::function<Result<void>(const Error& error, std::size_t line)> fault;  ///< the line holds no event
};

/// Reads a file of JSON Lines, an event each, packed by zstd or sealed or both or neither, in memory that
/// does not grow with it. Empty lines are passed over. What comes before damage is given all the same. The
/// error does not name the file. `key` may be null.
Result<void> read_events(EventFiles& files, const std::string& name, const PrivateKey* key, const EventLines& lines);

}  // namespace activitytrack
