#include "data_dir.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>

namespace activitytrack::server {
namespace {

Result<void> make_private_folder(const std::string& path) {
  std::error_code error;
  const bool is_new = std::filesystem::create_directories(path, error);
  if (error) return system_error("data folder " + path, error.value());
  if (is_new && ::chmod(path.c_str(), 0700) != 0) return system_error("data folder " + path, errno);
  return {};
}

std::string holder(int lock) {
  char text[32] = {};
  const auto size = ::pread(lock, text, sizeof text - 1, 0);
  return size > 0 ? "process " + std::string(text, static_cast<std::size_t>(size)) : "another process";
}

/// Only for people: what counts is the lock, which ends with the process. So a full disk is no obstacle.
void write_holder(int lock) {
  const std::string pid = std::to_string(::getpid());
  [[maybe_unused]] const bool written = ::ftruncate(lock, 0) == 0 && ::pwrite(lock, pid.data(), pid.size(), 0) > 0;
}

}  // namespace

Result<DataDir> DataDir::open(const std::string& path) {
  if (auto made = make_private_folder(path); !made) return made.error();
  const std::string file = path + "/server.lock";
  UniqueFd lock(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock) return system_error("lock file " + file, errno);
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return system_error("lock file " + file, errno);
    return Error{ErrorCode::busy, "data folder " + path + " is in use by " + holder(lock.get()) +
                                      "; stop that server or give another --data-dir"};
  }
  write_holder(lock.get());
  return DataDir(std::move(lock));
}

}  // namespace activitytrack::server
