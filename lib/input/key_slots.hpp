#pragma once

#include <activitytrack/core/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace activitytrack {

/// Gives a number to each key that is held down, so that its release finds its press and its repeats
/// are distinguished from presses, without keeping which key it is.
///
/// A repeat is a press of a key that is down, or a release and a press of one key at once after it was
/// down for a while: so repeat the keys of a display that is shown in another one's window.
///
/// Privacy: for each key that is down it keeps a hash of device and key code under a salt that was drawn
/// at random for this object, and erases it when the key comes up; that of the last key that came up
/// goes with the next key, or with forget_released(). No order of keys is kept, and the salt dies with
/// the object. The numbers say nothing of the key: each is the lowest that was free.
class KeySlots {
 public:
  using Slot = std::uint16_t;

  /// More keys than any hands hold; what is pressed beyond gives no slot.
  static constexpr std::size_t max_held = 256;

  /// Draws the salt.
  KeySlots();

  /// A key went down: its slot, or nothing if that is a repeat.
  std::optional<Slot> press(std::uint16_t device, std::uint32_t key_code, Ticks at);

  /// A key came up: the slot that its press was given; nothing if no press was seen or it was a repeat.
  std::optional<Slot> release(std::uint16_t device, std::uint32_t key_code, Ticks at) noexcept;

  /// Erases what is kept of the last key that came up, unless it may still repeat at `now`.
  void forget_released(Ticks now) noexcept;

  /// The device is gone: its keys are no longer down.
  void forget(std::uint16_t device) noexcept;

 private:
  struct Held {
    std::uint64_t hash = 0;
    std::uint16_t device = 0;
    bool down = false;
    bool repeated = false;  ///< its press and its release were reported already
    Ticks since{};
  };

  struct Released {
    std::uint64_t hash = 0;
    Ticks at{};
  };

  std::uint64_t hash(std::uint16_t device, std::uint32_t key_code) const noexcept;
  Held* find(std::uint64_t hash) noexcept;

  std::uint64_t salt_[2];
  std::vector<Held> held_;  ///< by slot
  std::optional<Released> released_;
};

}  // namespace activitytrack
