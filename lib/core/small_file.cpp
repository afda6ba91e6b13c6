#include "core/small_file.hpp"

#include "core/unique_fd.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

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

Result<void> make_private_folders(const std::filesystem::path& folder) {
  std::filesystem::path made;
  for (const std::filesystem::path& part : folder) {
    made /= part;
    // mkdir's mode passes through the umask, which may be anything in a login session.
    if (::mkdir(made.c_str(), 0700) == 0 && ::chmod(made.c_str(), 0700) == 0) continue;
    if (errno != EEXIST && ::access(made.c_str(), X_OK) != 0)
      return system_error("cannot make the folder " + made.string(), errno);
  }
  return {};
}

Result<void> create_private_file(const std::filesystem::path& file, std::string_view content) {
  std::string temporary = file.string() + ".XXXXXX";
  const UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
  if (!fd) return system_error("cannot write " + temporary, errno);
  Result<void> done = write_all(fd.get(), content);
  if (done && ::fsync(fd.get()) != 0) done = system_error("cannot write", errno);
  // A hard link and not a rename: of two that begin at once, the second must not replace the first's.
  if (done && ::link(temporary.c_str(), file.c_str()) != 0) {
    done = errno == EEXIST ? Error{ErrorCode::already_exists, "is there already"} : system_error("cannot write", errno);
  }
  ::unlink(temporary.c_str());
  if (!done) return Error{done.error().code, file.string() + ": " + done.error().message};
  const std::filesystem::path above = file.has_parent_path() ? file.parent_path() : ".";
  const UniqueFd folder(::open(above.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::fsync(folder.get()) != 0) return system_error("cannot sync the folder of " + file.string(), errno);
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
