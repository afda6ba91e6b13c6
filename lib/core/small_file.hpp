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

/// Writes all of it to an open file, however often that is interrupted. It is not synced.
Result<void> write_all(int fd, std::string_view text);

}  // namespace activitytrack
