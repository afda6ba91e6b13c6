#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <filesystem>

namespace activitytrack {

/// Makes what is missing of the folders (0700) and the file (0600), whatever the umask is, and takes an
/// existing file away from other people. The error says what stands in the way.
Result<void> prepare_buffer_file(const std::filesystem::path& path);

/// Renames the database and its -wal and -shm to `PATH.corrupt-20240115T103000Z` (with "-2", "-3" where that
/// is taken), and gives the new name.
Result<std::filesystem::path> set_buffer_file_aside(const std::filesystem::path& path, Time now);

/// Bytes that the database and its write-ahead log take on disk.
std::int64_t buffer_file_bytes(const std::filesystem::path& path) noexcept;

}  // namespace activitytrack
