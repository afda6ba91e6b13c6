#pragma once

#include "buffer/buffer_database.hpp"
#include "buffer/buffer_tables.hpp"

#include <activitytrack/core/log.hpp>

#include <filesystem>
#include <memory>

namespace activitytrack {

/// An open buffer file with its kept statements.
struct SqliteStore {
  explicit SqliteStore(std::unique_ptr<SQLite::Database> opened)
      : database(std::move(opened)),
        reader(std::make_unique<BufferReader>(*database)),
        writer(std::make_unique<BufferWriter>(*database)) {}

  /// Closes without a checkpoint.
  void abandon() noexcept {
    writer.reset();
    reader.reset();
    close_untouched(std::move(database));
  }

  /// Whether the file was renamed or removed under it: what is written then is lost.
  bool moved() const noexcept;

  std::unique_ptr<SQLite::Database> database;  // statements go before it
  std::unique_ptr<BufferReader> reader;
  std::unique_ptr<BufferWriter> writer;
};

/// Opens the file at `path`, made if it is missing. A damaged one is set aside with a warning and what can be
/// read of it is carried over; ids go on above `last_id`, so that one handed out before names no other event.
Result<std::unique_ptr<SqliteStore>> open_sqlite_store(const std::filesystem::path& path, std::int64_t last_id,
                                                       Clock& clock, Log& log);

/// The same for a file that is already known to be damaged. Nothing has it open.
Result<std::unique_ptr<SqliteStore>> replace_damaged_store(const std::filesystem::path& path, std::int64_t last_id,
                                                           const Error& damage, Clock& clock, Log& log);

}  // namespace activitytrack
