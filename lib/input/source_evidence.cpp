#include "input/source_evidence.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <bit>

namespace activitytrack {
namespace {

constexpr std::int64_t hour = 60;  // minutes

}  // namespace

void SyntheticInput::describe(const InputDevice& device) {
  if (device.id == 0) return;
  const Known* const old = find(device.id);
  const std::int64_t samples = old != nullptr ? old->samples : 0;
  Known& known = place_for(device.id);
  known = {.id = device.id,
           .synthetic = device.synthetic,
           .appeared = device.appeared,
           .gone = device.gone,
           .samples = samples};
  const std::string name = clean_utf8(device.name, known.name_bytes.size());
  std::ranges::copy(name, known.name_bytes.begin());
  known.name_size = static_cast<std::uint8_t>(name.size());
}

const SyntheticInput::Known* SyntheticInput::find(std::uint16_t id) const noexcept {
  const auto found = std::ranges::find(known_, id, &Known::id);
  return id == 0 || found == known_.end() ? nullptr : &*found;
}

/// Its own, else a free one, else that of a device of which the least will be asked.
SyntheticInput::Known& SyntheticInput::place_for(std::uint16_t id) noexcept {
  if (Known* const known = find(id)) return *known;
  const auto use = [](const Known& k) { return k.id == 0 ? 0 : k.gone ? 1 : k.synthetic ? 4 : k.appeared ? 3 : 2; };
  return *std::ranges::min_element(known_, {}, use);
}

bool SyntheticInput::add(const InputSample& sample) noexcept {
  ++(sample.synthetic ? synthetic_ : genuine_);
  if (!sample.synthetic) return false;
  if (sample.device == pointer_warps) {
    ++warps_;
  } else if (Known* const known = find(sample.device)) {
    ++known->samples;
  }
  return true;
}

void SyntheticInput::begin_interval() noexcept {
  synthetic_ = genuine_ = warps_ = 0;
  for (Known& known : known_) known.samples = 0;
}

void SyntheticInput::explain(std::vector<std::string>& reasons) const {
  if (synthetic_ > warps_) reasons.emplace_back("synthetic_device");
  for (const Known& known : known_) {
    if (known.samples == 0 || !known.synthetic || known.name_size == 0) continue;
    reasons.push_back("input of " + called(known.id) + ", which is the display server's own for programs");
  }
  if (warps_ == 0) return;
  reasons.emplace_back("warped_pointer");
  reasons.emplace_back("a program moved the pointer without any device (XWarpPointer)");
}

std::string SyntheticInput::called(std::uint16_t device) const {
  const Known* const known = find(device);
  if (known == nullptr || known->name_size == 0) return {};
  return "the device \"" + std::string(known->name()) + "\"";
}

void SyntheticInput::describe_change(std::uint16_t device, std::vector<std::string>& reasons) const {
  const Known* const known = find(device);
  if (known == nullptr || known->name_size == 0 || (!known->appeared && !known->gone)) return;
  const std::string_view what = !known->gone      ? " was plugged in during this session"
                                : known->appeared ? " was plugged in and pulled out again during this session"
                                                  : " was pulled out during this session";
  reasons.push_back(called(device) + std::string(what));
}

void LockedInput::session(bool locked, Ticks at) noexcept {
  if (locked && !locked_) {
    locked_from_ = at;
    for (Device& device : devices_) device.minutes = 0;
  }
  if (locked) locked_until_ = at;
  locked_ = locked;
}

std::optional<std::size_t> LockedInput::add(const InputSample& sample) noexcept {
  if (sample.synthetic || sample.device == 0 || !covers(sample.at)) return std::nullopt;
  auto place = std::ranges::find(devices_, sample.device, &Device::id);
  if (place == devices_.end()) place = std::ranges::find(devices_, 0, &Device::id);
  if (place == devices_.end()) return std::nullopt;
  place->id = sample.device;
  ++place->samples;
  if (!is_release(sample.kind)) ++place->events;
  mark(*place, std::chrono::floor<std::chrono::minutes>(sample.at.time_since_epoch()).count());
  return static_cast<std::size_t>(place - devices_.begin());
}

void LockedInput::mark(Device& device, std::int64_t minute) noexcept {
  const std::int64_t passed = device.minutes == 0 ? hour : minute - device.newest;
  if (passed < 0) return;
  device.minutes = passed < hour ? (device.minutes << passed) & ((std::uint64_t{1} << hour) - 1) : 0;
  device.minutes |= 1;
  device.newest = minute;
}

std::optional<std::size_t> LockedInput::find(std::uint16_t device) const noexcept {
  const auto found = std::ranges::find(devices_, device, &Device::id);
  if (device == 0 || found == devices_.end()) return std::nullopt;
  const auto n = static_cast<std::size_t>(found - devices_.begin());
  return goes_on(n) ? std::optional(n) : std::nullopt;
}

bool LockedInput::goes_on(std::size_t n) const noexcept { return std::popcount(devices_[n].minutes) >= least_minutes; }

std::int64_t LockedInput::samples(Numbers of) const noexcept {
  std::int64_t sum = 0;
  for (std::size_t n = 0; n < devices_.size(); ++n) {
    if (of[n]) sum += devices_[n].samples;
  }
  return sum;
}

void LockedInput::explain(Numbers of, const SyntheticInput& names, std::vector<std::string>& reasons) const {
  if (of.any()) reasons.emplace_back("input_while_locked");
  for (std::size_t n = 0; n < devices_.size(); ++n) {
    if (!of[n]) continue;
    const std::string name = names.called(devices_[n].id);
    const std::int64_t events = devices_[n].events;
    reasons.push_back("input while the session was locked: " + std::to_string(events) +
                      (events == 1 ? " event" : " events") + (name.empty() ? "" : " from " + name));
  }
}

void LockedInput::begin_interval() noexcept {
  for (Device& device : devices_) {
    device.samples = device.events = 0;
    if (device.minutes == 0) device.id = 0;
  }
}

}  // namespace activitytrack
