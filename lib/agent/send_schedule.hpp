#pragma once

#include "core/backoff.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <random>

namespace activitytrack {

/// How a round of sending ended.
struct RoundEnd {
  bool all_done = false;  ///< false: something stays that has to be tried again
  bool progress = false;  ///< the receiver took something
  std::optional<std::chrono::seconds> retry_after{};
};

/// When the next round of sending is due: one each interval, one soon after `soon`, and after one that failed with
/// growing waits. All is at random moments, so that agents which start together, or get their network back together,
/// neither come together then nor at each interval from then on: 1,000 of them are 200 rounds a second for the 5
/// seconds of `soon_within`, and 3.3 a second with an interval of 300 s. While rounds fail, what calls for one soon may
/// come again and again, and to a whole fleet (routers renew IPv6 addresses): there is one in `between_early`. It reads
/// no clock: a pure function of its seed and of what it is given.
class SendSchedule {
 public:
  using Instant = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds soon_within{5000};
  static constexpr std::chrono::seconds between_early{30};

  /// A first round is due soon.
  SendSchedule(std::uint64_t seed, std::chrono::seconds interval, Instant now)
      : backoff_(seed), random_(static_cast<std::minstd_rand::result_type>(seed)) {
    set_interval(interval, now);
  }

  Instant due() const { return std::min(regular_, soon_); }

  /// A round within `soon_within` of now, or of when there may be one; but a receiver that asked to be left alone for a
  /// time is left alone for it.
  void soon(Instant now) {
    if (told_to_wait_ || soon_ != Instant::max()) return;
    soon_ = (failed_ ? std::max(now, next_early_) : now) + drawn(soon_within);
  }

  /// A round soon, and from then on one each `interval`.
  void set_interval(std::chrono::seconds interval, Instant now) {
    interval_ = interval;
    if (!told_to_wait_) regular_ = std::min(regular_, now + drawn(interval));
    soon(now);
  }

  void begun(Instant now) {
    if (failed_ && soon_ <= now) next_early_ = now + between_early;
    soon_ = Instant::max();
  }

  void ended(const RoundEnd& end, Instant now) {
    told_to_wait_ = !end.all_done && end.retry_after;
    if (told_to_wait_) soon_ = Instant::max();  // what was to be soon meanwhile
    if (end.progress) backoff_.succeeded();
    if (!end.all_done) {
      regular_ = now + backoff_.failed(end.retry_after);
    } else if (failed_ || regular_ <= now) {
      regular_ = now + interval_;
    }
    failed_ = !end.all_done;
  }

  /// Whether the last round left something that has to be tried again.
  bool failed() const { return failed_; }

 private:
  std::chrono::milliseconds drawn(std::chrono::milliseconds most) {
    return std::chrono::milliseconds(
        std::uniform_int_distribution<std::chrono::milliseconds::rep>(0, most.count())(random_));
  }

  Backoff backoff_;
  std::minstd_rand random_;
  std::chrono::seconds interval_{};
  Instant regular_ = Instant::max(), soon_ = Instant::max();
  Instant next_early_{};  // before it, none comes soon while rounds fail
  bool failed_ = false;
  bool told_to_wait_ = false;  // it failed, and the receiver said for how long it wants no other
};

}  // namespace activitytrack
