#include "core/small_file.hpp"

#include "core/unique_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace activitytrack {

Result<std::string> read_file_start(const std::filesystem::path& file, std::size_t max_bytes) {
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
