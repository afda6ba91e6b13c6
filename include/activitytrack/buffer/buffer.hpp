#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>
#include <activitytrack/core/screenshot.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

/// What a buffer of events, or of screenshots, holds.
struct BufferStats {
  std::int64_t pending = 0;   ///< waiting to be sent
  std::int64_t aside = 0;     ///< refused for good, kept for a person to look at
  std::int64_t dropped = 0;   ///< ever dropped by the bounds of age and size
  std::int64_t bytes = 0;     ///< size on disk
  Time oldest = Time::min();  ///< events only: timestamp of the oldest pending one
  Time newest = Time::min();  ///< events only: latest timestamp ever appended, sent ones too
};

/// Past one of these a buffer drops the oldest of what it holds.
struct BufferBounds {
  std::chrono::hours max_age{90 * 24};
  std::int64_t max_bytes = 256LL << 20;

  /// Whether a buffer of so many bytes may keep what is as old as `oldest`.
  bool hold(std::int64_t bytes, Time oldest, Time now) const { return bytes <= max_bytes && now - oldest <= max_age; }
};

/// Events between collecting and sending. Durable: when `append` returns, the event survives kill -9 and
/// loss of power. May be called from any thread (agent/agent.hpp says which). On an error nothing changed.
class Buffer {
 public:
  /// What became of an event that was sent.
  struct Settled {
    std::int64_t id = 0;    ///< EncodedEvent::id
    std::string rejection;  ///< empty: the server has it. Else why it was refused: it is kept aside.
  };

  virtual ~Buffer() = default;

  /// Appending an event that is already pending (the same machine_id and timestamp) changes nothing.
  virtual Result<void> append(const Event& event) = 0;

  /// Up to `count` pending events with an id above `after`, in order of id, as the JSON in which they are sent.
  virtual Result<std::vector<EncodedEvent>> pending(std::size_t count, std::int64_t after = 0) = 0;

  /// Takes events out of the pending ones, all or none.
  virtual Result<void> settle(std::span<const Settled> settled) = 0;

  virtual Result<BufferStats> stats() = 0;

  /// New bounds, in force at the next append.
  virtual void set_bounds(BufferBounds bounds) = 0;
};

/// A buffer in a SQLite file (WAL, synchronous=FULL), readable by its owner only; missing folders are
/// made so too. A buffer that is damaged is renamed to `PATH.corrupt-TIME` with a warning, and a new one begun with
/// what can be read of it. A file that bears no sign of a buffer, or is another program's database, is left as it is:
/// `unsupported`. An event whose text is no JSON object any more is put aside. When a bound is passed, the oldest
/// events are dropped, counted and logged. `clock` and `log` are borrowed and outlive the buffer.
Result<std::unique_ptr<Buffer>> make_sqlite_buffer(std::filesystem::path path, Clock& clock, Log& log,
                                                   BufferBounds bounds = {});

/// Opens an existing buffer file to read it while its agent runs; `append` and `settle` fail.
Result<std::unique_ptr<Buffer>> open_sqlite_buffer_read_only(const std::filesystem::path& path);

/// In memory, for tests and for programs that need no durability. `clock` is borrowed.
std::unique_ptr<Buffer> make_memory_buffer(Clock& clock);

/// Screenshots between taking and sending. What it is given is sealed already: nothing else reaches the disk.
/// Durable: when `append` returns, the screenshot survives kill -9 and loss of power. May be called from any
/// thread. On an error nothing changed.
class ScreenshotBuffer {
 public:
  static constexpr BufferBounds default_bounds{.max_bytes = 512LL << 20};

  virtual ~ScreenshotBuffer() = default;

  /// Appending one that is already pending (the same machine_id and id) changes nothing. `sealed` may be
  /// empty (format none).
  virtual Result<void> append(const Screenshot& screenshot, std::string_view sealed) = 0;

  /// Up to `count` pending ones with an id above `after`, in order of id.
  virtual Result<std::vector<Screenshot>> pending(std::size_t count, std::string_view after = {}) = 0;

  /// The sealed bytes of a pending one. `corrupt` if they are damaged; `not_found` if the bounds took it meanwhile.
  virtual Result<std::string> read(const Screenshot& screenshot) = 0;

  /// Takes one out of the pending ones; with a `rejection`, keeps it aside.
  virtual Result<void> settle(const Screenshot& screenshot, std::string_view rejection) = 0;

  virtual Result<BufferStats> stats() = 0;

  /// New bounds, in force at the next append. What is aside is dropped before what is pending.
  virtual void set_bounds(BufferBounds bounds) = 0;
};

/// A folder with a file for each screenshot, for its owner only: pictures are too large to go twice through
/// a database's log, and one damaged file is one lost picture. The folder is made with the first one. A file
/// that is damaged is put aside and logged, and stands in nobody's way; what a crash left half-written is
/// removed. What the bounds drop is counted in the folder, and logged at most once an hour. Only one buffer
/// may have a folder at a time. `clock` and `log` are borrowed.
Result<std::unique_ptr<ScreenshotBuffer>> make_folder_screenshot_buffer(
    const std::filesystem::path& folder, Clock& clock, Log& log,
    BufferBounds bounds = ScreenshotBuffer::default_bounds);

/// In memory, for tests and for programs that need no durability. `clock` is borrowed.
std::unique_ptr<ScreenshotBuffer> make_memory_screenshot_buffer(Clock& clock);

}  // namespace activitytrack
