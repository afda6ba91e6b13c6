#pragma once

#include "buffer/sqlite_tables.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>

namespace activitytrack {

/// Makes what is missing of the folders (0700) and the file (0600), whatever the umask is, and takes an
/// existing file away from other people. The error says what stands in the way; a file that bears no sign of a buffer
/// is left as it is.
Result<void> prepare_buffer_file(const std::filesystem::path& path);

/// The file that an agent locks while it uses the buffer, and leaves behind: a sign that a damaged file is one.
std::filesystem::path buffer_lock_path(const std::filesystem::path& path);

/// Bytes that the database and its write-ahead log take on disk.
std::int64_t buffer_file_bytes(const std::filesystem::path& path) noexcept;

/// Opens it to read only. Soundness is left to its agent to check.
Result<std::unique_ptr<SQLite::Database>> open_buffer_database_read_only(const std::filesystem::path& path);

/// What SQLite threw, in a person's words: "cannot DOING the buffer PATH: ...". A full disk is `no_space`, a
/// file that is not what it should be `corrupt`.
Error describe_sqlite_failure(const SQLite::Exception& failure, sqlite3* database, const std::filesystem::path& path,
                              std::string_view doing);

/// An open buffer file with its kept statements.
struct SqliteStore {
  explicit SqliteStore(std::unique_ptr<SQLite::Database> opened)
      : database(std::move(opened)),
        reader(std::make_unique<BufferReader>(*database)),
        writer(std::make_unique<BufferWriter>(*database)) {}

  /// Closes without a checkpoint.
  void abandon() noexcept;

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
