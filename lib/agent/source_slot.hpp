#pragma once

#include "agent/given_parts.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>
#include <activitytrack/input/input_source.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
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
    if (!wanted() || now < retry_at_) return;
    Result<std::unique_ptr<Source>> opened = caught("the function that opens the source", open_);
    if (!opened) return failed(opened.error(), now);
    if (!*opened) return failed({ErrorCode::unavailable, "the function that opens the source gave none"}, now);
    source_ = std::move(*opened);
    if (failures_ > 0) log_.info("connected again", {{"source", name_}});
    failures_ = 0;
    error_.clear();
  }

  /// Drains into `out`. False if the source was lost by it.
  bool drain(ClockReading now, std::vector<Sample>& out) {
    if (!source_) return true;
    return use(now, [&] { return source_->drain(now, out); });
  }

  /// Of an InputSource: see there. The source may be lost by it too.
  std::vector<InputDevice> take_devices(ClockReading now) {
    std::vector<InputDevice> devices;
    if (source_) {
      use(now, [&] { devices = source_->take_devices(); });
    }
    return devices;
  }

  void close() { source_.reset(); }

  bool is_open() const { return source_ != nullptr; }
  bool wanted() const { return open_ && !source_; }
  Ticks retry_at() const { return retry_at_; }
  const std::string& error() const { return error_; }

  /// -1 where it is not open, or has none.
  int fd() const { return source_ ? source_->fd() : -1; }

  /// When to drain it next, though nothing says that there is something; nullopt where a descriptor does.
  std::optional<Ticks> poll_at(Ticks now) const {
    if (!source_ || source_->fd() >= 0) return std::nullopt;
    return now + std::clamp<std::chrono::milliseconds>(source_->poll_interval(), std::chrono::milliseconds(10),
                                                       std::chrono::hours(1));
  }

 private:
  template <class Call>
  bool use(ClockReading now, Call call) {
    const Result<void> done = caught("the source", call);
    if (done) return true;
    source_.reset();
    failed(done.error(), now.ticks);
    return false;
  }

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
