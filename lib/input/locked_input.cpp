#include "input/locked_input.hpp"

#include <algorithm>
#include <bit>

namespace activitytrack {
namespace {

constexpr std::int64_t hour = 60;  // minutes

}  // namespace

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
