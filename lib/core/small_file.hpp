#pragma once

#include <activitytrack/core/result.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace activitytrack {

/// The first `max_bytes` of a regular file, or all of a shorter one; files of /proc are regular too. The
/// error's message is what is wrong, without the path.
Result<std::string> read_file_start(const std::filesystem::path& file, std::size_t max_bytes);

/// Makes `folder` and those above it that are missing, for their owner alone.
Result<void> make_private_folders(const std::filesystem::path& folder);

/// A new file for its owner alone, written whole and durably, or not at all; `already_exists` if it is there.
/// The error's message names the file.
Result<void> create_private_file(const std::filesystem::path& file, std::string_view content);

/// Writes all of it to an open file, however often that is interrupted. It is not synced.
Result<void> write_all(int fd, std::string_view text);

}  // namespace activitytrack
