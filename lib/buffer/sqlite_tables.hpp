#pragma once

#include "sqlite/statement_use.hpp"

#include <activitytrack/buffer/buffer.hpp>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace activitytrack {

struct PendingRows {
  std::vector<EncodedEvent> events;
  std::vector<Buffer::Settled> unreadable;  ///< rows whose text is no JSON object: bytes that went bad on the disk
};

/// The queries of a buffer's tables. All members throw SQLite::Exception; the database is borrowed.
class BufferReader {
 public:
  explicit BufferReader(SQLite::Database& database);

  /// Up to `count` events above `after`, and the rows on the way that cannot be read.
  PendingRows pending(std::size_t count, std::int64_t after);

  /// All but `bytes`.
  BufferStats stats();

 private:
  SQLite::Statement pending_, pending_stats_, aside_count_, meta_;
};

/// The changes. `append`, `settle` and `drop_oldest` are one transaction each; the caller makes those of the
/// rest.
class BufferWriter {
 public:
  explicit BufferWriter(SQLite::Database& database);

  /// The new event's id, or 0 if it is pending already.
  std::int64_t append(const Event& event);
  void settle(std::span<const Buffer::Settled> settled);

  /// Drops the oldest events before `before`, at most `count`: those set aside first, for nobody waits for
  /// them. Counts them in the statistics and returns how many there were.
  std::int64_t drop_oldest(Time before, std::int64_t count);

  /// The id of a new event, `id` if it has one already; 0 if the id or the event is pending already.
  std::int64_t insert(std::optional<std::int64_t> id, const Event& event, const std::string& json);

  /// Raises a value of `meta` to `at_least`.
  void raise_meta(const char* key, std::int64_t at_least);

  /// Later ids will be above `id`.
  void continue_ids_after(std::int64_t id);

  Time oldest();

  /// Bytes of the file that are in use: pages that deletions freed do not count.
  std::int64_t used_bytes();

  /// Gives pages that deletions freed back to the file system, a few at a time.
  void return_free_pages();

 private:
  std::int64_t drop(SQLite::Statement& statement, std::int64_t before, std::int64_t count);

  SQLite::Database& database_;
  SQLite::Statement insert_, raise_, add_, aside_, remove_, drop_pending_, drop_aside_, oldest_;
  SQLite::Statement page_count_, free_pages_;
  std::int64_t page_size_;
};

}  // namespace activitytrack
