#include "input/device_news.hpp"

#include <algorithm>
#include <utility>

namespace activitytrack {

void DeviceNews::update(const std::vector<InputDevice>& present) {
  for (const InputDevice& old : std::vector(known_)) {
    if (std::ranges::find(present, old.id, &InputDevice::id) == present.end()) remove(old.id);
  }
  for (InputDevice device : present) {
    const auto known = std::ranges::find(known_, device.id, &InputDevice::id);
    device.appeared = known == known_.end() ? opened_ : known->appeared;
    if (known == known_.end()) {
      known_.push_back(device);
    } else if (device != *known) {
      *known = device;
    } else {
      continue;
    }
    news_.push_back(std::move(device));
  }
  opened_ = true;
}

void DeviceNews::remove(std::uint16_t id) {
  const auto known = std::ranges::find(known_, id, &InputDevice::id);
  if (known == known_.end()) return;
  known->gone = true;
  news_.push_back(std::move(*known));
  known_.erase(known);
}

std::vector<InputDevice> DeviceNews::take() { return std::exchange(news_, {}); }

}  // namespace activitytrack
