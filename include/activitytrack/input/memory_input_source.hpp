#pragma once

#include <activitytrack/input/input_source.hpp>

#include <deque>

namespace activitytrack {

/// An InputSource that a program fills by hand: the twin for tests, and the way for an embedder that
/// has input of its own. `push` in order of time, from the thread that drains.
class MemoryInputSource final : public InputSource {
 public:
  MemoryInputSource();
  ~MemoryInputSource() override;
  MemoryInputSource(const MemoryInputSource&) = delete;
  MemoryInputSource& operator=(const MemoryInputSource&) = delete;

  void push(const InputSample& sample);

  /// From now on `drain` fails with this, as a display server that went away does.
  void fail(Error error);

  int fd() const noexcept override;
  Result<void> drain(ClockReading now, std::vector<InputSample>& out) override;

 private:
  int event_fd_;
  std::deque<InputSample> samples_;
  std::unique_ptr<Error> failure_;
};

}  // namespace activitytrack
