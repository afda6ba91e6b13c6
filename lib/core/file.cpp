#include "core/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace activitytrack {
namespace {

std::string folder_of(const std::string& file) {
  const std::string folder = std::filesystem::path(file).parent_path();
  return folder.empty() ? "." : folder;
}

UniqueFd open_place(const std::string& folder) {
  return UniqueFd(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

/// Gives a folder that was made just now its mode and owner.
Result<void> finish_folder(const std::string& folder) {
  const UniqueFd above = open_place(folder_of(folder));
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  // mkdir's mode passes through the umask, which may be anything in a login session.
  if (!above || !fd || ::fchmod(fd.get(), 0700) != 0) return system_error("cannot make the folder " + folder, errno);
  return give_to_owner_of(above.get(), fd.get());
}

/// Whether nobody else can have put it where it is: else as root, who may open any, this process would write to what
/// is none of its folder's.
bool is_of_folder(int folder, int file) {
  struct stat above {
  }, found{};
  if (::fstat(folder, &above) != 0 || ::fstat(file, &found) != 0) return false;
  const bool is_own = ::geteuid() != 0 && found.st_uid == ::geteuid();
  return S_ISREG(found.st_mode) && found.st_nlink == 1 && (is_own || found.st_uid == above.st_uid);
}

/// Opens a new file beside `file`, for its owner only, and writes its name into `temporary`.
Result<UniqueFd> open_beside(const std::string& file, std::string& temporary) {
  temporary = file + ".XXXXXX";
  UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  if (!fd) return system_error("cannot write " + file, errno);
  return fd;
}

/// Writes the file of open_beside(), syncs it, and lets `put_in_place` give it the name `file`.
Result<void> complete(int fd, const std::string& temporary, const std::string& file, std::string_view content,
                      int (*put_in_place)(const char* from, const char* to)) {
  Result<void> done = write_all(fd, content);
  if (done && ::ftruncate(fd, static_cast<off_t>(content.size())) != 0) done = system_error("cannot write", errno);
  if (done && ::fsync(fd) != 0) done = system_error("cannot write", errno);
  if (done && put_in_place(temporary.c_str(), file.c_str()) != 0) {
    done = errno == EEXIST ? Error{ErrorCode::already_exists, "is there already"} : system_error("cannot write", errno);
  }
  ::unlink(temporary.c_str());
  if (!done) return Error{done.error().code, file + ": " + done.error().message};
  const UniqueFd folder(::open(folder_of(file).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some file systems (on a network, in user space) refuse to sync a folder with EINVAL: there it cannot be had.
  if (folder && (::fsync(folder.get()) == 0 || errno == EINVAL)) return {};
  return system_error("cannot sync the folder of " + file, errno);
}

}  // namespace

Result<std::string> read_file_start(const std::string& file, std::size_t max_bytes) {
  // Not blocking: opening a FIFO must not hang.
  const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return system_error("cannot be read", errno);
  if (!S_ISREG(status.st_mode)) return Error{ErrorCode::invalid_input, "is not a regular file"};
  std::string text;
  std::array<char, 4096> part;
  while (text.size() < max_bytes) {
    const ssize_t n = ::read(fd.get(), part.data(), std::min(part.size(), max_bytes - text.size()));
    if (n == 0) break;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("cannot be read", errno);
    text.append(part.data(), static_cast<std::size_t>(n));
  }
  return text;
}

Result<void> make_private_folders(const std::string& folder) {
  std::filesystem::path made;
  for (const std::filesystem::path& part : std::filesystem::path(folder)) {
    made /= part;
    if (::mkdir(made.c_str(), 0700) == 0) {
      if (auto finished = finish_folder(made); !finished) return finished;
      continue;
    }
    const int failed = errno;
    if (failed != EEXIST && ::access(made.c_str(), X_OK) != 0)
      return system_error("cannot make the folder " + made.string(), failed);
  }
  return {};
}

Result<void> ensure_private_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
    return system_error("cannot make the folder " + folder, errno);
  struct stat info {};
  if (::lstat(folder.c_str(), &info) != 0) return system_error("cannot look at " + folder, errno);
  const bool own = S_ISDIR(info.st_mode) && info.st_uid == ::geteuid();
  if (own && (info.st_mode & (S_IWGRP | S_IWOTH)) == 0) return {};
  return Error{ErrorCode::permission, folder + " is not a folder of this user only; remove it"};
}

Result<void> create_private_file(const std::string& file, std::string_view content) {
  // A hard link and not a rename: of two that begin at once, the second must not replace the first's.
  std::string temporary;
  const auto fd = open_beside(file, temporary);
  if (!fd) return fd.error();
  return complete(fd->get(), temporary, file, content, ::link);
}

Result<void> replace_private_file(const std::string& file, std::string_view content) {
  auto replacement = FileReplacement::prepare(file, content.size());
  if (!replacement) return replacement.error();
  return replacement->put(content);
}

Result<FileReplacement> FileReplacement::prepare(std::string file, std::size_t bytes) {
  if (auto made = make_private_folders(folder_of(file)); !made) return made.error();
  std::string temporary;
  auto fd = open_beside(file, temporary);
  if (!fd) return fd.error();
  FileReplacement replacement(std::move(file), std::move(temporary), std::move(*fd));
  const int failed = bytes == 0 ? 0 : ::posix_fallocate(replacement.fd_.get(), 0, static_cast<off_t>(bytes));
  if (failed != 0) return system_error("cannot write " + replacement.file_, failed);
  return replacement;
}

FileReplacement::~FileReplacement() {
  if (fd_) ::unlink(temporary_.c_str());
}

Result<void> FileReplacement::put(std::string_view content) {
  return complete(fd_.get(), temporary_, file_, content, ::rename);
}

Result<UniqueFd> create_file_of_folder(const std::string& file) {
  const UniqueFd folder = open_place(folder_of(file));
  if (!folder) return system_error("cannot make " + file, errno);
  const std::string name = std::filesystem::path(file).filename();
  UniqueFd fd(::openat(folder.get(), name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd && errno == EEXIST) return Error{ErrorCode::already_exists, file + ": is there already"};
  if (!fd) return system_error("cannot make " + file, errno);
  if (auto given = give_to_owner_of(folder.get(), fd.get()); !given) {
    ::unlinkat(folder.get(), name.c_str(), 0);
    return Error{given.error().code, file + ": " + given.error().message};
  }
  return fd;
}

Result<UniqueFd> open_file_of_folder(const std::string& file) {
  auto made = create_file_of_folder(file);
  if (made || made.error().code != ErrorCode::already_exists) return made;
  const UniqueFd folder = open_place(folder_of(file));
  UniqueFd fd(::openat(folder.get(), std::filesystem::path(file).filename().c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) return system_error("cannot open " + file, errno);
  if (is_of_folder(folder.get(), fd.get())) return fd;
  return Error{ErrorCode::permission,
               file + ": is another user's than its folder, has a second name, or is no regular file; remove it"};
}

Result<void> give_to_owner_of(int example, int fd) {
  if (::geteuid() != 0) return {};
  struct stat owner {};
  if (::fstat(example, &owner) != 0 || ::fchown(fd, owner.st_uid, owner.st_gid) != 0)
    return system_error("cannot give what root made to the user whose place it is in", errno);
  return {};
}

Result<void> write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return system_error("cannot write", errno);
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace activitytrack
