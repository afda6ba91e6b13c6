#include "buffer/buffer_file.hpp"

#include <activitytrack/core/clock.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <string>
#include <string_view>

namespace activitytrack {
namespace {

namespace fs = std::filesystem;

fs::path with_suffix(fs::path path, std::string_view suffix) {
  path += suffix;
  return path;
}

Result<void> make_folders(const fs::path& folder) {
  std::error_code ec;
  if (folder.empty() || fs::exists(folder, ec)) return {};
  if (Result<void> made = make_folders(folder.parent_path()); !made) return made;
  // mkdir's mode passes through the umask, which may be anything in a login session.
  if (::mkdir(folder.c_str(), 0700) == 0) {
    if (::chmod(folder.c_str(), 0700) == 0) return {};
  } else if (errno == EEXIST) {
    return {};
  }
  return system_error("cannot make the folder " + folder.string() + " for the buffer", errno);
}

std::string compact(Time now) {
  std::string text = format_timestamp(std::chrono::floor<std::chrono::seconds>(now));
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

}  // namespace

Result<void> prepare_buffer_file(const fs::path& path) {
  if (Result<void> made = make_folders(path.parent_path()); !made) return made;
  std::error_code ec;
  if (fs::is_directory(path, ec)) {
    return Error{ErrorCode::io, "the buffer " + path.string() + " is a folder: set buffer_path to a file"};
  }
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return system_error("cannot open the buffer " + path.string(), errno);
  const int failed = ::fchmod(fd, 0600) == 0 ? 0 : errno;
  ::close(fd);
  if (failed != 0) return system_error("cannot make the buffer " + path.string() + " private", failed);
  // SQLite gives new ones the database's mode; those that a crash left are as they were.
  for (const char* suffix : {"-wal", "-shm"}) ::chmod(with_suffix(path, suffix).c_str(), 0600);
  return {};
}

Result<fs::path> set_buffer_file_aside(const fs::path& path, Time now) {
  const fs::path wanted = with_suffix(path, ".corrupt-" + compact(now));
  fs::path aside = wanted;
  std::error_code ec;
  for (int n = 2; fs::exists(aside, ec); ++n) aside = with_suffix(wanted, "-" + std::to_string(n));
  // The log first: were the program killed in between, a new database would take it for its own.
  for (const char* suffix : {"-wal", "-shm", ""}) {
    const fs::path from = with_suffix(path, suffix);
    if (::rename(from.c_str(), with_suffix(aside, suffix).c_str()) == 0 || errno == ENOENT) continue;
    return system_error("cannot set the corrupt buffer " + from.string() + " aside", errno);
  }
  return aside;
}

std::int64_t buffer_file_bytes(const fs::path& path) noexcept {
  std::int64_t bytes = 0;
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0) bytes += info.st_size;
  if (::stat(with_suffix(path, "-wal").c_str(), &info) == 0) bytes += info.st_size;
  return bytes;
}

}  // namespace activitytrack
