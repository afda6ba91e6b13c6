#pragma once

#include <activitytrack/core/event.hpp>
#include <activitytrack/core/result.hpp>
#include <activitytrack/report/local_day.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::server {

/// What the server knows of a machine. Times are the server's own clock: an agent's may be wrong.
struct Machine {
  std::string machine_id;
  std::optional<std::string> user_label;
  Time first_seen;       ///< when it was first heard of
  Time last_seen;        ///< when it last sent an event, new or known
  std::string timezone;  ///< of its latest event that names one; "" if none did

  friend bool operator==(const Machine&, const Machine&) = default;
};

/// What became of one batch.
struct Counts {
  std::size_t accepted = 0;    ///< new, and stored
  std::size_t duplicates = 0;  ///< known before, or twice in the batch

  friend bool operator==(const Counts&, const Counts&) = default;
};

/// The writing half of a store. Callable from any thread; calls wait for each other.
///
/// Errors: no_space (the disk is full) and unavailable are worth another try later; after any error
/// nothing of the call is stored, and the store stays usable.
class StoreWriter {
 public:
  virtual ~StoreWriter() = default;

  /// Stores batches in one transaction; on disk when it returns (survives kill -9 and power loss). An
  /// event whose (machine_id, timestamp) is known is left as it is. Gives the counts of each batch.
  virtual Result<std::vector<Counts>> append(std::span<const std::span<const Event>> batches, Time now) = 0;

  /// False if there is no such machine.
  virtual Result<bool> set_user_label(std::string_view machine_id,
                                      const std::optional<std::string>& label) = 0;
};

/// The reading half. Callable from any thread, beside the writer, and never waits for it. Sees what was
/// stored before the call.
class StoreReader {
 public:
  virtual ~StoreReader() = default;

  /// All machines, in order of their ids.
  virtual Result<std::vector<Machine>> machines() = 0;
  virtual Result<std::optional<Machine>> machine(std::string_view machine_id) = 0;

  /// The first `limit` events of a machine in `range`, in order of time; none for an unknown machine.
  virtual Result<std::vector<Event>> events(std::string_view machine_id, TimeRange range,
                                            std::size_t limit) = 0;
};

/// Both halves. Either may outlive the other.
struct Store {
  std::unique_ptr<StoreWriter> writer;
  std::unique_ptr<StoreReader> reader;
};

/// A database file, made if missing (mode 0600) and brought to this program's schema. The columns of events
/// follow event_fields(): a field that an older file lacks is added. Refuses a file of a newer program.
Result<Store> open_sqlite_store(const std::string& path);

/// Forgets everything at exit: for tests.
Store make_memory_store();

}  // namespace activitytrack::server
