#include "server/screenshots/picture_store.hpp"

#include "core/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <cerrno>

namespace activitytrack::server {

Result<PictureBytes> bytes_of_file(const std::string& file) {
  const auto fd = std::make_shared<UniqueFd>(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!*fd && errno == ENOENT) return Error{ErrorCode::not_found, file + " is not there"};
  struct stat status {};
  if (!*fd || ::fstat(fd->get(), &status) != 0) return system_error(file, errno);
  if (!S_ISREG(status.st_mode)) return Error{ErrorCode::corrupt, file + " is no file"};
  const auto read = [fd, file](std::int64_t offset, std::size_t length) -> Result<std::string> {
    std::string bytes(length, '\0');
    std::size_t got = 0;
    while (got < length) {
      const ssize_t n = ::pread(fd->get(), bytes.data() + got, length - got, offset + static_cast<std::int64_t>(got));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return system_error("cannot read " + file, errno);
      if (n == 0) break;
      got += static_cast<std::size_t>(n);
    }
    bytes.resize(got);
    return bytes;
  };
  return PictureBytes{status.st_size, read};
}

std::string_view media_type(ScreenshotFormat format) noexcept {
  return format == ScreenshotFormat::sealed ? "application/vnd.activitytrack.sealed" : "image/jpeg";
}

}  // namespace activitytrack::server
