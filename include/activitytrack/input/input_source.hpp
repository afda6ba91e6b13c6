#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace activitytrack {

enum class InputKind : std::uint8_t { key_press, key_release, button_press, button_release, scroll, motion };

/// One thing that an input device did.
///
/// It cannot tell which key it was. `slot` pairs a key's release with its press and says nothing else:
/// it is the lowest number that was free when the key went down.
struct InputSample {
  Ticks at{};
  InputKind kind = InputKind::motion;
  bool synthetic = false;    ///< made by the display server for a program (an XTEST device), not by a device
  std::uint16_t device = 0;  ///< the source's own number for the device; 0: not known
  std::uint16_t slot = 0;    ///< keys: see above; buttons: 1 left, 2 middle, 3 right, 8 and 9 side
  float dx = 0;  ///< motion: px moved on the screen, right positive; scroll: notches, right positive
  float dy = 0;  ///< motion: px, down positive; scroll: notches, up positive

  friend bool operator==(const InputSample&, const InputSample&) = default;
};

/// What a source knows of a device, beside its samples.
struct InputDevice {
  std::uint16_t id = 0;    ///< InputSample::device
  std::string name;        ///< "Logitech USB Receiver"; valid UTF-8, at most 128 bytes
  bool synthetic = false;  ///< the display server's own, for programs
  bool appeared = false;   ///< it was not there when the source was opened

  friend bool operator==(const InputDevice&, const InputDevice&) = default;
};

/// A stream of input samples. It needs no thread and no event loop: wait for `fd()` to be readable in
/// any way you like, then `drain`; drain once right after opening too. Draining seldom is fine, and cheap:
/// samples carry the time at which they happened. Not thread-safe; all calls from one thread.
///
/// A key that repeats while held gives one key_press. A pointer that a program warps gives nothing.
/// Distances are along the pointer's path on the screen: pushing against an edge gives no length.
class InputSource {
 public:
  virtual ~InputSource() = default;

  /// A descriptor that is readable when there may be something to drain; -1 if there is none.
  /// Owned by the source, the same for its whole life.
  virtual int fd() const noexcept = 0;

  /// Appends all that happened up to `now`, oldest first. On an error the source is gone for good (its
  /// display server went away): destroy it and open a new one. What was appended before stands.
  virtual Result<void> drain(ClockReading now, std::vector<InputSample>& out) = 0;

  /// The devices that became known or changed since the last call.
  virtual std::vector<InputDevice> take_devices() { return {}; }
};

/// Input of the X display `display` ("" means $DISPLAY), by XInput 2.1 raw events of all master devices,
/// each with the slave device that it came from. Input that reaches other clients under a grab is seen too.
Result<std::unique_ptr<InputSource>> make_x11_input_source(const std::string& display);

}  // namespace activitytrack
