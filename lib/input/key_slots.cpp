#include "input/key_slots.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace activitytrack {
namespace {

using namespace std::chrono_literals;

/// A repeat's release and press come together, but for what a busy server puts between them. No finger
/// is as fast.
constexpr auto longest_lift = 2ms;

/// How late a repeat's press may be read after its release.
constexpr auto latest_press = 20ms;

/// No keyboard begins to repeat sooner, and none repeats faster then.
constexpr auto shortest_delay = 150ms;
constexpr auto shortest_interval = 5ms;

/// The finalizer of SplitMix64: every bit of the input moves every bit of the output.
std::uint64_t mixed(std::uint64_t x) noexcept {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

}  // namespace

KeySlots::KeySlots() {
  std::random_device random;
  for (auto& salt : salt_) salt = std::uint64_t{random()} << 32 | random();
}

std::uint64_t KeySlots::hash(std::uint16_t device, std::uint32_t key_code) const noexcept {
  return mixed(mixed((std::uint64_t{device} << 32 | key_code) ^ salt_[0]) + salt_[1]);
}

KeySlots::Held* KeySlots::find(std::uint64_t hash) noexcept {
  const auto found = std::ranges::find_if(held_, [hash](const Held& held) { return held.down && held.hash == hash; });
  return found == held_.end() ? nullptr : &*found;
}

std::optional<KeySlots::Slot> KeySlots::press(std::uint16_t device, std::uint32_t key_code, Ticks at) {
  const std::uint64_t key = hash(device, key_code);
  const auto released = std::exchange(released_, std::nullopt);
  if (find(key) != nullptr) return std::nullopt;
  auto free = std::ranges::find(held_, false, &Held::down);
  if (free == held_.end()) {
    if (held_.size() == max_held) return std::nullopt;
    free = held_.insert(held_.end(), Held{});
  }
  const bool repeated = released && released->hash == key && at - released->at <= longest_lift;
  *free = {key, device, true, repeated, at};
  if (repeated) return std::nullopt;
  return static_cast<Slot>(free - held_.begin());
}

std::optional<KeySlots::Slot> KeySlots::release(std::uint16_t device, std::uint32_t key_code, Ticks at) noexcept {
  released_.reset();
  Held* const held = find(hash(device, key_code));
  if (held == nullptr) return std::nullopt;
  if (at - held->since >= (held->repeated ? shortest_interval : shortest_delay)) released_ = Released{held->hash, at};
  const bool repeated = held->repeated;
  *held = {};
  if (repeated) return std::nullopt;
  return static_cast<Slot>(held - held_.data());
}

void KeySlots::forget_released(Ticks now) noexcept {
  if (released_ && now - released_->at > latest_press) released_.reset();
}

void KeySlots::forget(std::uint16_t device) noexcept {
  for (auto& held : held_) {
    if (held.device == device) held = {};
  }
}

}  // namespace activitytrack
