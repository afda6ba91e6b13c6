#pragma once

#include <activitytrack/input/input_source.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace activitytrack {

/// Turns what pointing devices report into movement on the screen.
///
/// A display server does not say of a raw report whether it is a place or a step: Xephyr, TigerVNC and
/// XTEST call their axes relative and report places. So the track learns it for each device: at the end
/// of a batch it is given the true position of the pointer, and sees which of the two readings of the last
/// report leads there. Once learned, a chance agreement does not change it.
///
/// A jump that no device reported (a program warped the pointer) moves the track and counts nothing. It
/// is seen when a batch ends; the next place that an absolute device reports is then measured from where
/// the pointer was put. A place that follows a warp within one batch is measured from the place before.
/// Steps in such a batch count in full, as it cannot be known which of them pushed against an edge.
///
/// What synthetic input did to the pointer is no genuine movement either: a place that a device reports
/// after it is measured from where genuine input had left the pointer.
class PointerTrack {
 public:
  struct Point {
    double x = 0;
    double y = 0;
  };

  struct Axis {
    double min = 0;   ///< the device's value at the screen's left or upper edge
    double span = 0;  ///< the device's units across the whole screen; 0: its unit is the pixel
  };

  struct Device {
    std::uint16_t id = 0;
    Axis x, y;
    bool absolute = false;  ///< what the device says of itself
    bool mixed = false;     ///< it changes between places and steps, as XTEST's does
  };

  void set_screen(double width, double height) noexcept;
  void set_position(Point position) noexcept { position_ = position; }
  Point position() const noexcept { return position_; }

  /// Makes a device known, or describes it anew; what was learned of it stays.
  void describe(const Device& device);
  void forget(std::uint16_t device) noexcept;

  /// Replaces dx and dy of the motions in `batch` (values as the devices reported them, NaN for an axis
  /// that was not) by the movement in px. `reported` is where the pointer is after the last of them, in
  /// whole pixels, if that is known.
  void resolve(std::span<InputSample> batch, std::optional<Point> reported);

 private:
  struct Learned {
    Device device;
    int evidence = 0;  ///< above 0: reports places; else steps
  };

  Learned* find(std::uint16_t device) noexcept;
  bool reports_places(std::uint16_t device) noexcept;
  Point place(const Device& device, const InputSample& report) const noexcept;
  Point step(const Device& device, Point from, const InputSample& report) const noexcept;
  Point on_screen(Point point) const noexcept;
  Point moved(Point from, const InputSample& report) noexcept;
  Point walked(std::span<const InputSample> batch) noexcept;
  void move(InputSample& sample) noexcept;
  void correct(Point reported, bool scripted) noexcept;
  void learn(std::span<const InputSample> batch, Point reported);

  double width_ = 1;
  double height_ = 1;
  Point position_;
  Point displaced_;          ///< how far synthetic input moved the pointer since a genuine place
  bool edges_known_ = true;  ///< false in a batch that does not lead to where the pointer is
  std::vector<Learned> devices_;
};

/// Reports where a program moved the pointer without any device, from looks at where it is.
///
/// A person's own programs do that too, in answer to input and to changes of screens: window managers put the
/// pointer onto the window that they focus, games into the middle. So it counts only between two looks in
/// which nothing happened, the first of them some time after the last that did.
class WarpWatch {
 public:
  static constexpr std::chrono::seconds calm{10};

  /// Something happened that may move the pointer, or after which programs do.
  void disturb(Ticks at) noexcept { disturbed_ = at; }

  /// The pointer is at `place` (nothing: on no screen of ours). How far a program moved it, if one did.
  std::optional<PointerTrack::Point> look(Ticks at, std::optional<PointerTrack::Point> place) noexcept;

 private:
  std::optional<PointerTrack::Point> seen_;
  Ticks looked_{}, disturbed_{};
};

}  // namespace activitytrack
