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

  /// Of all samples; 1 where there are none.
  double genuine_share() const noexcept {
    return synthetic_ == 0 ? 1 : double(genuine_) / double(genuine_ + synthetic_);
  }

  /// Appends why there is synthetic input, as IntervalJudgement::reasons has it; nothing where there is none.
  void explain(std::vector<std::string>& reasons) const;

  /// Appends a sentence if the device came or went since its source was opened. It is no evidence by itself:
  /// people plug in mice.
  void tell_of(std::uint16_t device, std::vector<std::string>& reasons) const;

 private:
  /// A device that there is more to say of than that it is there.
  struct Known {
    std::uint16_t id = 0;  ///< 0: none
    bool synthetic = false, appeared = false, gone = false;
    std::uint8_t name_size = 0;
    std::array<char, 128> name_bytes{};
    std::int64_t samples = 0;  ///< synthetic ones, of the interval

    std::string_view name() const noexcept { return {name_bytes.data(), name_size}; }
  };

  Known* find(std::uint16_t id) noexcept;
  Known& place_for(std::uint16_t id) noexcept;

  std::array<Known, 12> known_{};
  std::int64_t synthetic_ = 0, genuine_ = 0, warps_ = 0;
};

}  // namespace activitytrack
