#pragma once

#include "server/events/store.hpp"

#include <activitytrack/core/event.hpp>
#include <activitytrack/core/result.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace activitytrack::server {

/// Reads a machine's events in order of time, a few at once: so many as make some 128 KiB of text, since some have a
/// hundred times the bytes of others. So little of them is in memory, and others have their turn at the reader.
class EventSteps {
 public:
  /// The reader is borrowed.
  EventSteps(StoreReader& reader, std::string machine_id, TimeRange range)
      : reader_(&reader), machine_id_(std::move(machine_id)), range_(range) {}

  /// The next ones, at most `most` (1 or more); none at the end.
  Result<std::vector<Event>> next(std::size_t most = SIZE_MAX);

  /// How much text was made of them.
  void made(std::size_t bytes);

 private:
  StoreReader* reader_;
  std::string machine_id_;
  TimeRange range_;
  std::size_t step_ = 64;
  std::size_t read_ = 0;  ///< by the last next()
  bool ended_ = false;
};

}  // namespace activitytrack::server
