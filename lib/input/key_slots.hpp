#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace activitytrack {

/// Gives a number to each key that is held down, so that its release finds its press and its repeats
/// are told from presses, without keeping which key it is.
///
/// Privacy: for each key that is down it keeps a hash of device and key code under a salt that was drawn
/// at random for this object, and erases it when the key comes up. Nothing is kept of a key that is up,
/// no order of keys, and the salt dies with the object. The numbers say nothing of the key: each is the
/// lowest that was free.
class KeySlots {
 public:
  using Slot = std::uint16_t;

  /// More keys than any hands hold; what is pressed beyond gives no slot.
  static constexpr std::size_t max_held = 256;

  /// Draws the salt.
  KeySlots();

  /// A key went down: its slot, or nothing if it was down already (a repeat).
  std::optional<Slot> press(std::uint16_t device, std::uint32_t key_code);

  /// A key came up: the slot that its press was given, or nothing if no press was seen.
  std::optional<Slot> release(std::uint16_t device, std::uint32_t key_code) noexcept;

  /// The device is gone: its keys are no longer down.
  void forget(std::uint16_t device) noexcept;

 private:
  struct Held {
    std::uint64_t hash = 0;
    std::uint16_t device = 0;
    bool down = false;
  };

  std::uint64_t hash(std::uint16_t device, std::uint32_t key_code) const noexcept;
  Held* find(std::uint64_t hash) noexcept;

  std::uint64_t salt_[2];
  std::vector<Held> held_;  ///< by slot
};

}  // namespace activitytrack
