#pragma once

#include <activitytrack/screen/screen_source.hpp>

#include "screen/image.hpp"

#include <memory>
#include <utility>

namespace activitytrack {

/// A screen in memory. Changed only by the thread that captures.
struct MemoryScreen {
  Image image;
  ScreenSource::State state = ScreenSource::State::visible;
};

class MemoryScreenSource final : public ScreenSource {
 public:
  explicit MemoryScreenSource(std::shared_ptr<MemoryScreen> screen) : screen_(std::move(screen)) {}

  Result<State> capture(const Request& request, const Sink& sink) override {
    if (screen_->state != ScreenSource::State::visible) return screen_->state;
    Image pixels = taken(request.quarter);
    const Result<void> kept =
        sink({pixels.view(), screen_->image.width(), screen_->image.height(), request.each_monitor ? "memory" : "", 0});
    if (!kept) return kept.error();
    return ScreenSource::State::visible;
  }

 private:
  Image taken(bool quarter) const {
    if (!quarter) return screen_->image;
    const ConstImageView screen = std::as_const(screen_->image).view();
    Image reduced(quarter_size(screen.width), quarter_size(screen.height));
    reduce_to_quarter(screen, reduced.view());
    return reduced;
  }

  std::shared_ptr<MemoryScreen> screen_;
};

inline std::unique_ptr<ScreenSource> make_memory_screen_source(std::shared_ptr<MemoryScreen> screen) {
  return std::make_unique<MemoryScreenSource>(std::move(screen));
}

}  // namespace activitytrack
