#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>
#include <activitytrack/core/screenshot.hpp>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

// A screenshot in a file of its own:
//
//     activitytrack-screenshot 1 <checksum of all that follows, 16 hexadecimal digits>
//     {"machine_id":...}            encode_screenshot()
//     the sealed bytes

/// "ID.MACHINE.shot", the machine as a hash: fit for a file, and unlike the name of any other.
std::string screenshot_file_name(const Screenshot& screenshot);

/// What a file is about, without its bytes. `corrupt`: it is no such file.
Result<Screenshot> read_screenshot_head(const std::filesystem::path& file);

/// The sealed bytes. `corrupt` if any byte of the file has changed, `not_found` if it is not there.
Result<std::string> read_screenshot_bytes(const std::filesystem::path& file);

/// The files of a folder that hold screenshots, counted as they come and go: it belongs to one object only.
/// What else lies there is left as it is.
class ScreenshotFolder {
 public:
  explicit ScreenshotFolder(std::filesystem::path path) : path_(std::move(path)) {}

  /// Counts what is there, and removes what a crash left half-written. Fine if there is no folder yet.
  Result<void> open();

  /// Makes it, for its owner only.
  Result<void> make();

  /// All or nothing, and durable. One that is there already is left as it is.
  Result<void> write(const Screenshot& screenshot, std::string_view sealed);

  /// Of all files with an id above `after`, in order of id.
  Result<std::vector<std::string>> names(std::string_view after) const;

  /// Of a damaged one: when its file was written.
  Time taken_at(const std::string& name) const;

  /// Fine if it is not there.
  Result<void> remove(const std::string& name);

  /// Into another folder, with the reason in a file beside it ("NAME.txt").
  Result<void> move(const std::string& name, ScreenshotFolder& into, std::string_view reason);

  /// A number that is kept in the file `dropped`; 0 if there is none.
  std::int64_t read_count() const;
  bool write_count(std::int64_t count) const;

  const std::filesystem::path& path() const noexcept { return path_; }
  std::int64_t count() const noexcept { return count_; }
  std::int64_t bytes() const noexcept { return bytes_; }

 private:
  Error failure(std::string_view what, int errno_value) const;
  void take_in(std::int64_t size);

  std::filesystem::path path_;
  std::int64_t count_ = 0;
  std::int64_t bytes_ = 0;
};

}  // namespace activitytrack
