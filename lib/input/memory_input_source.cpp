#include <activitytrack/input/memory_input_source.hpp>

#include <sys/eventfd.h>
#include <unistd.h>
#include <cerrno>
#include <system_error>

namespace activitytrack {

namespace {

void wake(int fd) noexcept { eventfd_write(fd, 1); }

void settle(int fd) noexcept {
  eventfd_t ignored;
  eventfd_read(fd, &ignored);
}

}  // namespace

MemoryInputSource::MemoryInputSource() : event_fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (event_fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
}

MemoryInputSource::~MemoryInputSource() { ::close(event_fd_); }

void MemoryInputSource::push(const InputSample& sample) {
  samples_.push_back(sample);
  wake(event_fd_);
}

void MemoryInputSource::fail(Error error) {
  failure_ = std::make_unique<Error>(std::move(error));
  wake(event_fd_);
}

int MemoryInputSource::fd() const noexcept { return event_fd_; }

Result<void> MemoryInputSource::drain(ClockReading now, std::vector<InputSample>& out) {
  while (!samples_.empty() && samples_.front().at <= now.ticks) {
    out.push_back(samples_.front());
    samples_.pop_front();
  }
  if (failure_) return *failure_;
  // What lies in the future keeps the descriptor readable: it is still to be drained.
  if (samples_.empty()) settle(event_fd_);
  return {};
}

}  // namespace activitytrack
