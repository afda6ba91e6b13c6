#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>
#include <activitytrack/input/classifier.hpp>
#include <activitytrack/screen/screen_source.hpp>

#include <functional>
#include <memory>

namespace activitytrack {

/// Says to a classifier whether the session is locked: looks where there was input, once in half a minute, and
/// as long as the session is locked each time.
class LockWatch {
 public:
  using Open = std::function<Result<std::unique_ptr<LockSource>>()>;

  /// Where `open` is empty, it is never locked.
  explicit LockWatch(Open open) : open_(std::move(open)) {}

  /// There was input, which `classifier` has not seen yet.
  void look(Ticks now, Classifier& classifier);

  /// Until the next look, nothing is known.
  void close(Ticks now, Classifier& classifier);

 private:
  Result<bool> ask();

  Open open_;
  std::unique_ptr<LockSource> source_;
  bool locked_ = false;
  Ticks next_ = Ticks::min();
};

}  // namespace activitytrack
