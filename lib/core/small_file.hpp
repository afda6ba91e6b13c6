#pragma once

#include <activitytrack/core/result.hpp>

#include <cstddef>
#include <filesystem>
#include <string>

namespace activitytrack {

/// The first `max_bytes` of a regular file, or all of a shorter one; files of /proc are regular too. The
/// error's message is what is wrong, without the path.
Result<std::string> read_file_start(const std::filesystem::path& file, std::size_t max_bytes);

}  // namespace activitytrack
