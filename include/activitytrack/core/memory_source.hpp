#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <deque>
#include <optional>
#include <utility>
#include <vector>

namespace activitytrack {

/// A descriptor that is readable from `wake` until `settle`.
class WakeFd {
 public:
  /// Throws std::system_error when the process has no descriptor left.
  WakeFd();
  ~WakeFd();
  WakeFd(const WakeFd&) = delete;
  WakeFd& operator=(const WakeFd&) = delete;

  int get() const noexcept { return fd_; }
  void wake() noexcept;
  void settle() noexcept;

 private:
  int fd_;
};

/// A source that a program fills by hand: the twin for tests, and the way for an embedder that has samples of its own.
/// `Source` is InputSource or FocusSource. `push` in order of time, from the thread that drains; of focus the first one
/// is the window that has it, each further one a change. What a sample promises is up to the program that pushes.
template <class Source>
class MemorySource final : public Source {
 public:
  using Sample = typename Source::Sample;

  void push(Sample sample) {
    samples_.push_back(std::move(sample));
    wake_.wake();
  }

  /// From now on `drain` fails with this, as when a display server went away. What was pushed before, up to the `now`
  /// of the drain, still comes out.
  void fail(Error error) {
    failure_ = std::move(error);
    wake_.wake();
  }

  int fd() const noexcept override { return wake_.get(); }

  Result<void> drain(ClockReading now, std::vector<Sample>& out) override {
    while (!samples_.empty() && samples_.front().at <= now.ticks) {
      out.push_back(std::move(samples_.front()));
      samples_.pop_front();
    }
    if (failure_) return *failure_;
    // What lies in the future keeps the descriptor readable: it is still to be drained.
    if (samples_.empty()) wake_.settle();
    return {};
  }

 private:
  WakeFd wake_;
  std::deque<Sample> samples_;
  std::optional<Error> failure_;
};

}  // namespace activitytrack
