#include "lock_file.hpp"

#include <activitytrack/core/clock.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace activitytrack::agent_app {

namespace {

Error held_by_another(const std::filesystem::path& path, int fd) {
  char text[128];
  auto length = ::pread(fd, text, sizeof text, 0);
  std::string holder(text, length > 0 ? static_cast<std::size_t>(length) : 0);
  holder.erase(std::min(holder.find('\n'), holder.size()));
  auto since = holder.find(" since ");
  // The holder may be between taking the lock and writing its name.
  auto who = since == std::string::npos ? std::string()
                                        : " (pid " + holder.substr(0, since) + "," + holder.substr(since) + ")";
  return {ErrorCode::busy, "another agent" + who + " holds " + path.string() +
                               "; stop it first, or give this one a buffer_path of its own"};
}

}  // namespace

Result<LockFile> LockFile::take(const std::filesystem::path& path, Time now) {
  int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return system_error("cannot open the lock file " + path.string(), errno);
  LockFile lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return held_by_another(path, fd);
    return system_error("cannot lock " + path.string(), errno);
  }
  auto text =
      std::to_string(::getpid()) + " since " + format_timestamp(std::chrono::floor<std::chrono::seconds>(now)) + "\n";
  // A full disk may keep the text from being written. The lock holds all the same.
  if (::ftruncate(fd, 0) == 0) (void)!::pwrite(fd, text.data(), text.size(), 0);
  return lock;
}

LockFile::LockFile(LockFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

LockFile::~LockFile() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace activitytrack::agent_app
