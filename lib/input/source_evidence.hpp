#pragma once

#include <activitytrack/input/input_source.hpp>

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace activitytrack {

/// What is known of devices by their source: what the display server made for programs within an interval,
/// and which devices came and went. Copyable, of constant size.
class SyntheticInput {
 public:
  void describe(const InputDevice& device);

  /// True if the sample is synthetic.
  bool add(const InputSample& sample) noexcept;

  void begin_interval() noexcept;

  /// Of all samples, where so many of those that are not synthetic are no person's either; 1 where there are
  /// none.
  double genuine_share(std::int64_t others = 0) const noexcept {
    const std::int64_t all = genuine_ + synthetic_;
    return all == 0 ? 1 : double(genuine_ - others) / double(all);
  }

  /// Appends why there is synthetic input, as Classifier::Judgement::reasons has it; nothing where there is none.
  void explain(std::vector<std::string>& reasons) const;

  /// `the device "Mouse"`; empty where its name is not known.
  std::string called(std::uint16_t device) const;

  /// Appends a sentence if the device came or went since its source was opened. It is no evidence by itself:
  /// people plug in mice.
  void describe_change(std::uint16_t device, std::vector<std::string>& reasons) const;

 private:
  struct Known {
    std::uint16_t id = 0;  ///< 0: none
    bool synthetic = false, appeared = false, gone = false;
    std::uint8_t name_size = 0;
    std::array<char, 128> name_bytes{};
    std::int64_t samples = 0;  ///< synthetic ones, of the interval

    std::string_view name() const noexcept { return {name_bytes.data(), name_size}; }
  };

  const Known* find(std::uint16_t id) const noexcept;
  Known* find(std::uint16_t id) noexcept { return const_cast<Known*>(std::as_const(*this).find(id)); }
  Known& place_for(std::uint16_t id) noexcept;

  std::array<Known, 24> known_{};
  std::int64_t synthetic_ = 0, genuine_ = 0, warps_ = 0;
};

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

  /// Appends why their input counts, as Classifier::Judgement::reasons has it.
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
