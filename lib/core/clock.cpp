#include <activitytrack/core/clock.hpp>

namespace activitytrack {
namespace {

class SystemClock final : public Clock {
 public:
  ClockReading read() const noexcept override {
    using std::chrono::microseconds;
    return {std::chrono::floor<microseconds>(std::chrono::system_clock::now()),
            std::chrono::floor<microseconds>(std::chrono::steady_clock::now())};
  }
};

}  // namespace

Clock& system_clock() noexcept {
  static SystemClock clock;
  return clock;
}

}  // namespace activitytrack
