#pragma once

#include <activitytrack/input/input_source.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace activitytrack {

/// Which devices are new, changed or gone since it was last asked.
class DeviceNews {
 public:
  /// These are all that are there now. Those of the first call were there when the source was opened.
  void update(const std::vector<InputDevice>& present) {
    for (const InputDevice& old : std::vector(known_)) {
      if (std::ranges::find(present, old.id, &InputDevice::id) == present.end()) remove(old.id);
    }
    for (InputDevice device : present) {
      const auto known = std::ranges::find(known_, device.id, &InputDevice::id);
      const bool is_new = known == known_.end();
      device.appeared = is_new ? opened_ : known->appeared;
      if (!is_new && device == *known) continue;
      (is_new ? known_.emplace_back() : *known) = device;
      news_.push_back(std::move(device));
    }
    opened_ = true;
  }

  /// The device went away: its number may be another's from now on.
  void remove(std::uint16_t id) {
    const auto known = std::ranges::find(known_, id, &InputDevice::id);
    if (known == known_.end()) return;
    known->gone = true;
    news_.push_back(std::move(*known));
    known_.erase(known);
  }

  std::vector<InputDevice> take() { return std::exchange(news_, {}); }

 private:
  std::vector<InputDevice> known_, news_;
  bool opened_ = false;
};

}  // namespace activitytrack
