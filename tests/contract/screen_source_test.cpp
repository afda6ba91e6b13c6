// The source that needs no display; screen_source_x11_test.cpp checks the X11 source for the same.
#include "memory_screen.hpp"
#include "screen_source_contract.hpp"

#include <memory>

using namespace activitytrack;
using namespace activitytrack::test;

namespace {

struct Memory {
  static constexpr int rounding = 0;
  std::shared_ptr<MemoryScreen> screen = std::make_shared<MemoryScreen>(noise(131, 67));
  std::unique_ptr<ScreenSource> source = make_memory_screen_source(screen);

  ConstImageView shown() const { return std::as_const(screen->image).view(); }
  static ScreenSource::Request request() { return {}; }
  void hide(ScreenSource::State state) { screen->state = state; }
  void unhide() { screen->state = ScreenSource::State::visible; }
};

}  // namespace

TEST_CASE_TEMPLATE_INVOKE(screen_shows, Memory);
TEST_CASE_TEMPLATE_INVOKE(screen_quarter, Memory);
TEST_CASE_TEMPLATE_INVOKE(screen_monitors, Memory);
TEST_CASE_TEMPLATE_INVOKE(screen_states, Memory);
TEST_CASE_TEMPLATE_INVOKE(screen_sink, Memory);
