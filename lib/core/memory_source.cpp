#include <activitytrack/core/memory_source.hpp>

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace activitytrack {

WakeFd::WakeFd() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

WakeFd::~WakeFd() { ::close(fd_); }

void WakeFd::wake() noexcept { ::eventfd_write(fd_, 1); }

void WakeFd::settle() noexcept {
  eventfd_t ignored;
  ::eventfd_read(fd_, &ignored);
}

}  // namespace activitytrack
