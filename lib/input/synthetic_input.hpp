#pragma once

#include <activitytrack/input/input_source.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace activitytrack {

/// What the display server made for programs, within an interval.
class SyntheticInput {
 public:
  void describe(const InputDevice&) {}

  /// True if the sample is synthetic.
  bool add(const InputSample& sample) noexcept {
    ++(sample.synthetic ? synthetic_ : genuine_);
    return sample.synthetic;
  }

  void begin_interval() noexcept { synthetic_ = genuine_ = 0; }

  /// Of all samples; 1 where there are none.
  double genuine_share() const noexcept {
    return synthetic_ == 0 ? 1 : double(genuine_) / double(genuine_ + synthetic_);
  }

  void explain(std::vector<std::string>& reasons) const {
    if (synthetic_ > 0) reasons.emplace_back("synthetic_device");
  }

 private:
  std::int64_t synthetic_ = 0, genuine_ = 0;
};

}  // namespace activitytrack
