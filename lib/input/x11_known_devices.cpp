#include "input/x11_known_devices.hpp"

namespace activitytrack {

void X11KnownDevices::refresh() {
  stale_ = false;
  if (!devices_.refresh(connection_)) return;  // a lost connection shows at the end of the drain
  std::vector<InputDevice> present;
  for (const auto& known : devices_.all()) {
    if (known.pointer) track_.describe(known.pointing);
    present.push_back({known.id, known.name, known.synthetic});
  }
  news_.update(present);
}

X11Device& X11KnownDevices::device(std::uint16_t id) {
  refresh_if_stale();
  X11Device* const known = devices_.find(id);
  if (known != nullptr) return *known;
  unknown_ = {};
  unknown_.id = id;
  unknown_.synthetic = id < synthetic_.size() && synthetic_[id];
  return unknown_;
}

void X11KnownDevices::know_synthetic(std::uint16_t id) noexcept {
  if (id < synthetic_.size()) synthetic_.set(id);
}

void X11KnownDevices::remove(std::uint16_t id) {
  if (id < synthetic_.size()) synthetic_.reset(id);
  news_.remove(id);
  track_.forget(id);
}

}  // namespace activitytrack
