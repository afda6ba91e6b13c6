#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>
#include <activitytrack/input/input_source.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// A source that may go away and come back: opened by a function, opened again with growing waits when it
/// failed. `Source` is an InputSource or a FocusSource.
template <class Source, class Sample>
class SourceSlot {
 public:
  using Open = std::function<Result<std::unique_ptr<Source>>()>;

  SourceSlot(std::string_view name, Open open, Log& log) : name_(name), open_(std::move(open)), log_(log) {}

  /// Opens the source if it is not open and its time has come.
  void open_if_due(Ticks now) {
    if (!open_ || source_ || now < retry_at_) return;
    Result<std::unique_ptr<Source>> opened = open_();
    if (opened) {
      source_ = std::move(*opened);
      if (failures_ > 0) log_.info("connected again", {{"source", name_}});
      failures_ = 0;
      error_.clear();
    } else {
      failed(opened.error(), now);
    }
  }

  /// Drains into `out`. False if the source was lost by it.
  bool drain(ClockReading now, std::vector<Sample>& out) {
    if (!source_) return true;
    const Result<void> drained = source_->drain(now, out);
    if (drained) return true;
    source_.reset();
    failed(drained.error(), now.ticks);
    return false;
  }

  /// Of an InputSource: see there.
  auto take_devices() { return source_ ? source_->take_devices() : std::vector<InputDevice>(); }

  void close() { source_.reset(); }

  int fd() const { return source_ ? source_->fd() : -1; }
  bool wanted() const { return open_ && !source_; }
  Ticks retry_at() const { return retry_at_; }
  const std::string& error() const { return error_; }

 private:
  void failed(const Error& error, Ticks now) {
    if (error.message != error_) {
      log_.warning("not available; will try again", {{"source", name_}, {"error", std::string_view(error.message)}});
    }
    error_ = error.message;
    retry_at_ = now + std::min(std::chrono::seconds(1 << std::min(failures_, 5)), std::chrono::seconds(30));
    ++failures_;
  }

  std::string_view name_;
  Open open_;
  Log& log_;
  std::unique_ptr<Source> source_;
  Ticks retry_at_ = Ticks::min();
  int failures_ = 0;
  std::string error_;
};

}  // namespace activitytrack
