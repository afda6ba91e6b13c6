#pragma once

#include <activitytrack/input/input_source.hpp>

#include <vector>

namespace activitytrack {

/// Which devices are new, changed or gone since it was last asked.
class DeviceNews {
 public:
  /// These are all that are there now. Those of the first call were there when the source was opened.
  void update(const std::vector<InputDevice>& present);

  /// The device went away: its number may be another's from now on.
  void remove(std::uint16_t id);

  std::vector<InputDevice> take();

 private:
  std::vector<InputDevice> known_, news_;
  bool opened_ = false;
};

}  // namespace activitytrack
