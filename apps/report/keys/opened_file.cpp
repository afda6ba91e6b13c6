#include "keys/opened_file.hpp"

#include "core/file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace activitytrack::report {

Result<OpenedFile> OpenedFile::create(std::filesystem::path place) {
  OpenedFile file;
  std::string name = (place.parent_path() / ("." + place.filename().string() + ".XXXXXX")).string();
  file.place_ = std::move(place);
  file.fd_ = UniqueFd(::mkostemp(name.data(), O_CLOEXEC));  // mode 0600
  if (!file.fd_) return system_error("cannot write " + file.place_.string(), errno);
  file.temporary_ = std::move(name);
  return file;
}

OpenedFile::OpenedFile(OpenedFile&& other) noexcept
    : place_(std::move(other.place_)), temporary_(std::exchange(other.temporary_, {})), fd_(std::move(other.fd_)) {}

OpenedFile::~OpenedFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<void> OpenedFile::write(std::string_view bytes) {
  const auto written = write_all(fd_.get(), bytes);
  if (!written) return Error{written.error().code, place_.string() + ": " + written.error().message};
  return {};
}

Result<void> OpenedFile::keep() {
  if (::rename(temporary_.c_str(), place_.c_str()) != 0) return system_error("cannot write " + place_.string(), errno);
  temporary_.clear();
  return {};
}

}  // namespace activitytrack::report
