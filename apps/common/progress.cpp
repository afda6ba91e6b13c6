#include "common/progress.hpp"

#include <unistd.h>

#include <cstdio>

namespace activitytrack::program {
namespace {

constexpr std::chrono::milliseconds interval{200};
constexpr const char* empty_line = "\r\x1b[K";

}  // namespace

Progress::Progress()
    : shown_(::isatty(STDERR_FILENO)), next_(std::chrono::steady_clock::now() + std::chrono::seconds(1)) {}

Progress::~Progress() { clear(); }

void Progress::tell(const std::function<std::string()>& text) {
  const auto now = std::chrono::steady_clock::now();
  if (!shown_ || now < next_) return;
  next_ = now + interval;
  std::fputs((empty_line + text()).c_str(), stderr);
  std::fflush(stderr);
  dirty_ = true;
}

void Progress::clear() {
  if (dirty_) std::fputs(empty_line, stderr);
  dirty_ = false;
}

}  // namespace activitytrack::program
