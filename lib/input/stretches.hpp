#pragma once

#include <activitytrack/input/classifier.hpp>

#include <array>
#include <cstdint>
#include <limits>

namespace activitytrack {

using Stretch = Classifier::Stretch;

/// The stretches of the present interval: which device each is of, and how much of it a pattern explains.
class Stretches {
 public:
  struct Entry {
    std::uint8_t track = 0;
    bool unlocked = false;        ///< some of it came while the session was not known to be locked
    bool flood = false;           ///< more presses than hands make, for some seconds
    std::uint16_t atoms = 0;      ///< strokes, clicks, notches and keys in it; saturating
    std::uint16_t explained = 0;  ///< those of them that go on a pattern
  };

  static constexpr std::size_t max_tracks = 8;

  Stretches() noexcept { clear(); }

  /// The stretch of `track` at this time.
  Stretch at(std::uint8_t track, std::int64_t us) noexcept {
    const std::int64_t window = us / length_us;
    if (window_[track] == window) return current_[track];
    // An interval of an hour has more than there are numbers: the last of each track is as long as need be.
    const bool first = window_[track] == none;
    if (!first && size_ + max_tracks >= Classifier::max_stretches) return current_[track];
    window_[track] = window;
    current_[track] = static_cast<Stretch>(size_);
    entries_[size_++] = {.track = track};
    return current_[track];
  }

  void count(Stretch stretch, bool explained) noexcept {
    Entry& e = entries_[stretch];
    if (e.atoms == std::numeric_limits<std::uint16_t>::max()) return;
    ++e.atoms;
    if (explained) ++e.explained;
  }

  void unlock(Stretch stretch) noexcept { entries_[stretch].unlocked = true; }
  void flood(Stretch stretch) noexcept { entries_[stretch].flood = true; }
  void clear() noexcept { size_ = 0, window_.fill(none); }

  std::size_t size() const noexcept { return size_; }
  const Entry& operator[](std::size_t n) const noexcept { return entries_[n]; }

 private:
  static constexpr std::int64_t length_us = 10'000'000;
  static constexpr std::int64_t none = -1;

  std::array<Entry, Classifier::max_stretches> entries_{};
  std::size_t size_ = 0;
  std::array<std::int64_t, max_tracks> window_;
  std::array<Stretch, max_tracks> current_{};
};

}  // namespace activitytrack
