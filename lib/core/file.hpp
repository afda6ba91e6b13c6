#pragma once

#include <activitytrack/core/result.hpp>

#include <unistd.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace activitytrack {

/// Owns a file descriptor; -1 is none.
class UniqueFd {
 public:
  explicit UniqueFd(int fd = -1) noexcept : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~UniqueFd() {
    if (fd_ >= 0) ::close(fd_);
  }

  int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }

 private:
  int fd_;
};

// Paths are taken as strings, which a std::filesystem::path converts to: <filesystem> is slow to compile.

/// The first `max_bytes` of a regular file, or all of a shorter one; files of /proc are regular too. The error's
/// message is what is wrong, without the path.
Result<std::string> read_file_start(const std::string& file, std::size_t max_bytes);

/// Makes `folder` and those above it that are missing, for their owner only: this user, or for root the owner of the
/// folder that each is made in.
Result<void> make_private_folders(const std::string& folder);

/// Makes `folder` (not its parents) for its owner only. One that is there must not be open to others' writing:
/// `permission` if it is a link, another user's, or writable by others.
Result<void> ensure_private_folder(const std::string& folder);

/// A new file for its owner only, written whole and durably, or not at all; `already_exists` if it is there already.
/// The error's message names the file.
Result<void> create_private_file(const std::string& file, std::string_view content);

/// The same, but replaces a file that is there, and makes its folder if that is missing.
Result<void> replace_private_file(const std::string& file, std::string_view content);

/// A new empty file for its owner only, open to be read and written; `already_exists` if something has its name. As
/// root's it belongs to the owner of its folder, so that who works there can use what root made for them.
Result<UniqueFd> create_file_of_folder(const std::string& file);

/// The same, or opens the one that is there. `permission` if that is a file which another could have put there to have
/// it written to: one with a second name, or not of the folder's owner.
Result<UniqueFd> open_file_of_folder(const std::string& file);

/// As root, gives an open file or folder the owner and group of another. Does nothing as another user.
Result<void> give_to_owner_of(int example, int fd);

/// Replaces a file as replace_private_file() does, in two steps: what can fail is done by the first one, before
/// something is spent on the content.
class FileReplacement {
 public:
  /// Makes the folder of `file` if that is missing, and takes room for so many bytes on its disk.
  static Result<FileReplacement> prepare(std::string file, std::size_t bytes);
  FileReplacement(FileReplacement&&) noexcept = default;
  ~FileReplacement();

  /// At most once. The error's message names the file.
  Result<void> put(std::string_view content);

 private:
  FileReplacement(std::string file, std::string temporary, UniqueFd fd)
      : file_(std::move(file)), temporary_(std::move(temporary)), fd_(std::move(fd)) {}

  std::string file_;
  std::string temporary_;  // beside it
  UniqueFd fd_;
};

/// Writes all of it to an open file, however often that is interrupted. It is not synced.
Result<void> write_all(int fd, std::string_view text);

}  // namespace activitytrack
