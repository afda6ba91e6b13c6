#pragma once

#include <activitytrack/agent/photographer.hpp>
#include "screen/perceptual_hash.hpp"

#include <map>
#include <string>

namespace activitytrack {

/// What goes into the buffer.
struct SealedScreenshot {
  Screenshot about;
  std::string sealed;  ///< empty of format none
};

/// Makes sealed screenshots of what the screen showed, and remembers the last one of each monitor.
class Darkroom {
 public:
  explicit Darkroom(PhotographerOptions options) : options_(std::move(options)) {}

  const PhotographerOptions& options() const noexcept { return options_; }

  /// Changes the picture's pixels. Erases what it makes of it on the way.
  Result<SealedScreenshot> develop(const ScreenPicture& picture, const CaptureMoment& moment);

  /// It was stored: later ones are compared with it.
  void stored(const Screenshot& screenshot);

  /// Later ones are not compared any more with those that `buffer` has lost: dropped, or put aside.
  void forget_lost(ScreenshotBuffer& buffer);

 private:
  struct Look {
    PerceptualHash hash{};
    int screen_width = 0, screen_height = 0;
    Screenshot shot;  ///< that has this look
  };

  /// The stored one that looks like the present one; null if there is none.
  const Screenshot* same_look(const std::string& monitor) const;
  void seal_for_receiver(std::string_view jpeg, SealedScreenshot& into) const;

  PhotographerOptions options_;
  Look present_;                                   ///< of the one that was developed last
  std::map<std::string, Look, std::less<>> last_;  ///< stored, by monitor
  std::int64_t lost_ = 0;                          ///< screenshots ever, when that was looked at last
};

}  // namespace activitytrack
