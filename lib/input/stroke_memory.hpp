#pragma once

#include "input/stroke_measures.hpp"

#include <array>
#include <cstdint>

namespace activitytrack {

/// Remembers strokes, to see when one comes again: what was recorded once and is played in a loop comes again
/// with the same way between the same ends, hands never do that for long.
class StrokeMemory {
 public:
  enum class Seen : std::uint8_t { new_one, again, again_in_period };

  /// Takes a stroke in. One of less than three steps or 20 px says nothing, and is not to be given.
  Seen add(const StrokeShape& stroke) noexcept;

  /// After how long strokes come again, in steps of the grid; 0: not in a period.
  float period() const noexcept { return in_period_ > 0 ? period_ : 0; }

 private:
  struct Entry {
    std::uint32_t first = 0;
    std::int16_t x = 0, y = 0;
    std::uint16_t path = 0;
    std::uint8_t steps = 0;
  };
  static constexpr std::size_t remembered = 400;

  std::array<Entry, remembered> entries_{};  ///< steps 0: none yet
  std::size_t next_ = 0;
  float period_ = 0;
  int in_period_ = 0;  ///< how many strokes in a row came again after period_
};

}  // namespace activitytrack
