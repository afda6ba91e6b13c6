#pragma once

#include <activitytrack/input/input_source.hpp>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
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

  /// Appends why there is synthetic input, as IntervalJudgement::reasons has it; nothing where there is none.
  void explain(std::vector<std::string>& reasons) const;

  /// `the device "Mouse"`; empty where its name is not known.
  std::string called(std::uint16_t device) const;

  /// Appends a sentence if the device came or went since its source was opened. It is no evidence by itself:
  /// people plug in mice.
  void tell_of(std::uint16_t device, std::vector<std::string>& reasons) const;

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
  Known* find(std::uint16_t id) noexcept;
  Known& place_for(std::uint16_t id) noexcept;

  std::array<Known, 24> known_{};
  std::int64_t synthetic_ = 0, genuine_ = 0, warps_ = 0;
};

}  // namespace activitytrack
