#pragma once

#include <activitytrack/core/result.hpp>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include <filesystem>
#include <memory>
#include <string_view>

namespace activitytrack {

/// Opens the file, checks that it is sound and a buffer of a version this program knows, and makes the
/// tables where it is empty. `corrupt` is the one error after which a new file may take its place.
Result<std::unique_ptr<SQLite::Database>> open_buffer_database(const std::filesystem::path& path);

/// Opens it to read only. Soundness is left to its agent to check.
Result<std::unique_ptr<SQLite::Database>> open_buffer_database_read_only(const std::filesystem::path& path);

/// What SQLite threw, in a person's words: "cannot DOING the buffer PATH: ...". A full disk is `no_space`, a
/// file that is not what it should be `corrupt`.
Error describe_sqlite_failure(const SQLite::Exception& failure, sqlite3* database, const std::filesystem::path& path,
                              std::string_view doing);

/// Closes without a checkpoint, so that a damaged file stays as it was found.
void close_untouched(std::unique_ptr<SQLite::Database> database) noexcept;

}  // namespace activitytrack
