#pragma once

#include <activitytrack/core/result.hpp>

#include <filesystem>
#include <memory>

namespace activitytrack {

/// Tells when a file was written, replaced, made or removed, by inotify on its folder: editors replace
/// files rather than write them. Not thread-safe.
class FileWatch {
 public:
  static Result<FileWatch> open(const std::filesystem::path& file);
  FileWatch(FileWatch&&) noexcept;
  FileWatch& operator=(FileWatch&&) noexcept;
  ~FileWatch();

  /// Readable when something happened in the folder.
  int fd() const noexcept { return fd_; }

  /// Takes what happened; true if it concerned the file.
  bool changed();

 private:
  FileWatch(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  int fd_ = -1;
  std::string name_;
};

}  // namespace activitytrack
