#pragma once

#include <activitytrack/input/input_source.hpp>

#include "input/synthetic_input.hpp"

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace activitytrack {

/// Which devices go on giving input while the session is locked. Copyable, of constant size.
///
/// Somebody bumps a mouse then, or types a password; a program goes on and on. So a device counts only from
/// the minute on that is the fifth within an hour in which it gave input, all in one lock.
class LockedInput {
 public:
  static constexpr int least_minutes = 5;
  static constexpr std::size_t max_devices = 6;

  /// As Classifier::session_locked().
  void session(bool locked, Ticks at) noexcept;

  /// Takes a sample in. Its device's number here if it came while the session was locked; synthetic samples
  /// and those of unknown devices have none.
  std::optional<std::size_t> add(const InputSample& sample) noexcept;

  /// The number of a device whose input counts; none: it does not.
  std::optional<std::size_t> find(std::uint16_t device) const noexcept;
  bool goes_on(std::size_t n) const noexcept;

  /// All samples that devices of these numbers gave in the interval while the session was locked.
  using Numbers = std::bitset<max_devices>;
  std::int64_t samples(Numbers of) const noexcept;

  /// Appends why their input counts, as IntervalJudgement::reasons has it.
  void explain(Numbers of, const SyntheticInput& names, std::vector<std::string>& reasons) const;

  void begin_interval() noexcept;

 private:
  struct Device {
    std::uint16_t id = 0;                  ///< 0: none
    std::int64_t samples = 0, events = 0;  ///< of the interval; a press with its release is one event
    std::int64_t newest = 0;               ///< minute with input
    std::uint64_t minutes = 0;             ///< those with input: bit 0 is the newest, bit 1 the one before
  };

  bool covers(Ticks at) const noexcept { return at > locked_from_ && at <= locked_until_; }
  static void mark(Device& device, std::int64_t minute) noexcept;

  std::array<Device, max_devices> devices_{};
  bool locked_ = false;
  Ticks locked_from_ = Ticks::max(), locked_until_ = Ticks::min();
};

}  // namespace activitytrack
