#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace activitytrack {

enum class InputKind : std::uint8_t { key_press, key_release, button_press, button_release, scroll, motion };

/// The end of a press, which was counted at its beginning.
constexpr bool is_release(InputKind kind) noexcept {
  return kind == InputKind::key_release || kind == InputKind::button_release;
}

/// One thing that an input device did.
///
/// It does not say which key it was. `slot` pairs a key's release with its press and says nothing else:
/// it is the lowest number that was free when the key went down.
struct InputSample {
  Ticks at{};
  InputKind kind = InputKind::motion;
  bool synthetic = false;    ///< made by the display server for a program (an XTEST device), not by a device
  std::uint16_t device = 0;  ///< the source's own number for the device; 0: not known
  std::uint16_t slot = 0;    ///< keys: see above; buttons: 1 left, 2 middle, 3 right, 8 and 9 side
  float dx = 0;              ///< motion: px moved on the screen, right positive; scroll: notches, right positive
  float dy = 0;              ///< motion: px, down positive; scroll: notches, up positive

  friend bool operator==(const InputSample&, const InputSample&) = default;
};

/// InputSample::device of moves that no device made: a program put the pointer elsewhere.
inline constexpr std::uint16_t pointer_warps = 65535;

/// What a source knows of a device, beside its samples.
struct InputDevice {
  std::uint16_t id = 0;    ///< InputSample::device
  std::string name;        ///< "Logitech USB Receiver"; valid UTF-8, at most 128 bytes
  bool synthetic = false;  ///< the display server's own, for programs
  bool appeared = false;   ///< it was not there when the source was opened
  bool gone = false;       ///< it is not there any more; `id` may be given to another

  friend bool operator==(const InputDevice&, const InputDevice&) = default;
};

/// A stream of input samples. It needs no thread and no event loop: wait for `fd()` to be readable in
/// any way you like, then `drain`; drain once right after opening too. Draining seldom is fine, and cheap:
/// samples carry the time at which they happened. Not thread-safe; all calls from one thread.
///
/// A key that repeats while held gives one key_press. Distances are along the pointer's path on the
/// screen: pushing against an edge gives no length, and neither does a pointer that a program warps.
///
/// MemorySource (core/memory_source.hpp) is one that a program fills by hand.
class InputSource {
 public:
  using Sample = InputSample;

  virtual ~InputSource() = default;

  /// A descriptor that is readable when there may be something to drain; -1 if there is none.
  /// Owned by the source, the same for its whole life.
  virtual int fd() const noexcept = 0;

  /// Without a descriptor: how often an agent drains it, at most a hundred times a second.
  virtual std::chrono::milliseconds poll_interval() const noexcept { return std::chrono::seconds(2); }

  /// Appends all that happened up to `now`, oldest first. On an error the source is gone for good (its
  /// display server went away): destroy it and open a new one. What was appended before stands.
  virtual Result<void> drain(ClockReading now, std::vector<InputSample>& out) = 0;

  /// The devices that became known, changed or went away since the last call: after the first drain, all.
  virtual std::vector<InputDevice> take_devices() { return {}; }
};

/// The input of the display `display`, whichever program it goes to; "" is the session's own display. `unavailable` if
/// there is none, or it cannot be reached; `unsupported` where this build or that display does not report input.
Result<std::unique_ptr<InputSource>> make_input_source(const std::string& display);

/// Reads a trace: a recorded session, as samples on a tick clock that starts at 0. A CSV file, gzipped or not (found
/// out by its content), of at most 1 GiB unpacked (docs/trace-format.md); all rows are kept in memory. The error names
/// the line and what is wrong with it.
Result<std::vector<InputSample>> read_trace(const std::filesystem::path& file);

/// A trace as an InputSource: `drain` returns the samples whose time, counted from `start`, has come.
/// It has no descriptor: the one who replays moves the clock.
std::unique_ptr<InputSource> make_replay_source(std::vector<InputSample> trace, Ticks start);

}  // namespace activitytrack
