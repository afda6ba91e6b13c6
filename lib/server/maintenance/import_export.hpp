#pragma once

#include "archive/event_reader.hpp"
#include "server/events/store.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace activitytrack::server {

/// Takes the events of files into a store, in groups, each event once. Below events/MACHINE/ it takes only those of
/// that machine: who may write there may not write for others. After an error of a call the store cannot go on, and
/// what is left was not taken; taking the same files again does no harm.
class EventImport {
 public:
  struct Counts {
    std::int64_t files = 0;
    std::int64_t damaged_files = 0;  ///< of which something could not be read
    std::int64_t accepted = 0;
    std::int64_t duplicates = 0;
    std::int64_t rejected = 0;
  };

  /// Called for each line that was rejected and each file that could not be read to its end: "FILE:LINE: WHY".
  using Complain = std::function<void(const std::string&)>;

  /// The store and the key, which may be null, are borrowed.
  EventImport(StoreWriter& store, const PrivateKey* key, Time now, Complain complain);

  Result<void> take(EventFiles& files, const std::string& name);

  /// Takes all files of events that there are; calls `progress` before each. False if there are none.
  Result<bool> take_all(EventFiles& files, const std::function<void(const std::string& name)>& progress);

  /// Comes last: what was taken is durable from then on.
  Result<void> finish();

  const Counts& counts() const { return counts_; }

 private:
  struct Origin {
    std::shared_ptr<const std::string> file;
    std::size_t line;
  };

  Result<void> store_group();
  Result<void> store(std::size_t begin, std::size_t end);
  void reject(const Origin& origin, const Error& error);

  StoreWriter& store_;
  const PrivateKey* key_;
  Time now_;
  Complain complain_;
  Counts counts_;
  std::vector<Event> events_;    ///< of the group that is being gathered
  std::vector<Origin> origins_;  ///< and where each came from
};

/// Writes all that is kept of a machine as JSON Lines, in bounded memory: {"machine":{...}}; {"event":{...}} for each
/// event, {"hour":{...}} for each hour and {"screenshot":{...}} for each screenshot, with the path of its picture, in
/// order of time; and {"audit":{...}} for each access to it or change of it, the newest first. Errors: not_found.
Result<void> export_machine(Store& store, const std::string& machine_id, Time now,
                            const std::function<void(std::string_view line)>& write);

}  // namespace activitytrack::server
