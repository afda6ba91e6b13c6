#include <activitytrack/screen/develop.hpp>
#include <activitytrack/screen/screen_source.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace activitytrack {
namespace {

class MemoryScreenSource final : public ScreenSource {
 public:
  explicit MemoryScreenSource(std::shared_ptr<MemoryScreen> screen) : screen_(std::move(screen)) {}

  Result<ScreenState> capture(const CaptureRequest& request, const Sink& sink) override {
    if (screen_->state != ScreenState::visible) return screen_->state;
    Image pixels = taken(request.quarter);
    const Result<void> kept =
        sink({pixels.view(), screen_->image.width(), screen_->image.height(), request.each_monitor ? "memory" : "", 0});
    if (!kept) return kept.error();
    return ScreenState::visible;
  }

 private:
  Image taken(bool quarter) const {
    if (!quarter) return screen_->image;
    const ImageView screen = std::as_const(screen_->image).view();
    Image reduced(quarter_size(screen.width), quarter_size(screen.height));
    reduce_to_quarter(screen, reduced.view());
    return reduced;
  }

  std::shared_ptr<MemoryScreen> screen_;
};

}  // namespace

std::string_view to_string(ScreenState state) noexcept {
  constexpr std::string_view names[] = {"visible", "locked", "blanked", "excluded"};
  return names[static_cast<std::size_t>(state)];
}

std::unique_ptr<ScreenSource> make_memory_screen_source(std::shared_ptr<MemoryScreen> screen) {
  return std::make_unique<MemoryScreenSource>(std::move(screen));
}

}  // namespace activitytrack
