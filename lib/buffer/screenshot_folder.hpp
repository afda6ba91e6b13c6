#pragma once

#include "buffer/screenshot_file.hpp"

#include <activitytrack/core/clock.hpp>

#include <cstdint>
#include <vector>

namespace activitytrack {

/// The files of a folder that hold screenshots, counted as they come and go: it belongs to one object alone.
/// What else lies there is left alone.
class ScreenshotFolder {
 public:
  explicit ScreenshotFolder(std::filesystem::path path) : path_(std::move(path)) {}

  /// Counts what is there, and removes what a crash left half-written. Fine if there is no folder yet.
  Result<void> open();

  /// Makes it, for its owner alone.
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
