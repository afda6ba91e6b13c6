#pragma once

#include <activitytrack/core/result.hpp>
#include <activitytrack/core/screenshot.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace activitytrack {

// A screenshot in a file of its own:
//
//     activitytrack-screenshot 1 <checksum of all that follows, 16 hexadecimal digits>
//     {"machine_id":...}            encode_screenshot()
//     the sealed bytes

/// "ID.MACHINE.shot", the machine as a hash: fit for a file, and told apart from all others.
std::string screenshot_file_name(const Screenshot& screenshot);

/// What stands before ".MACHINE.shot" in such a name; "" if it is none.
std::string_view id_in_file_name(std::string_view name) noexcept;

std::string encode_screenshot_file(const Screenshot& screenshot, std::string_view sealed);

/// What a file is about, without its bytes. `corrupt`: it is no such file.
Result<Screenshot> read_screenshot_head(const std::filesystem::path& file);

/// The sealed bytes. `corrupt` if any byte of the file has changed, `not_found` if it is not there.
Result<std::string> read_screenshot_bytes(const std::filesystem::path& file);

}  // namespace activitytrack
