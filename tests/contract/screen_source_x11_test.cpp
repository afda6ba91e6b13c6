// Holds the X11 screen source to its contract, in every way that it may take, and to what it promises beyond.
// It needs a display of its own, with no window manager and nobody at it:
// ACTIVITYTRACK_TEST_DISPLAY=:7 contract_screen_x11. Cases that end the display are run one by one, by
// tests/integration/test_screen.py.
#define DOCTEST_CONFIG_IMPLEMENT
#include "screen_source_contract.hpp"

#include "fakes.hpp"
#include "screen/x11_screen_source.hpp"
#include "x11_canvas.hpp"
#include "x11_desktop.hpp"

#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <optional>

using namespace activitytrack;
using namespace activitytrack::test;

namespace {

constexpr int exit_skipped = 77;

Image picture_for_screen() {
  const auto [width, height] = X11Canvas::screen_size();
  return noise(width, height);
}

std::unique_ptr<ScreenSource> open_source(const X11Ways& ways = {}, Log& log = null_log()) {
  return make_x11_screen_source(test_display(), log, ways).value();
}

template <bool render, bool shared_memory, bool descriptors>
struct X11Screen {
  static constexpr X11Ways ways{render, shared_memory, descriptors};
  /// Halving twice drops what is behind the point twice.
  static constexpr int rounding = render ? 2 : 0;

  X11Canvas canvas = X11Canvas::covering(picture_for_screen());
  X11Canvas other{10, 10, 20, 20};
  std::unique_ptr<ScreenSource> source = open_source(ways);

  X11Screen() { other.name("vault", "Vault"); }
  ImageView shown() const { return canvas.shown(); }
  static CaptureRequest request() { return {.excluded_apps = {"vault"}}; }

  void hide(ScreenState state) {
    if (state == ScreenState::excluded) return other.map();
    const char* name = state == ScreenState::locked ? "LOCK" : "BLANK";
    canvas.set(root(), "_SCREENSAVER_STATUS", XCB_ATOM_INTEGER,
               {x11::intern_atom(canvas.connection(), name), 1'700'000'000, 1});
  }
  void unhide() {
    other.unmap();
    canvas.remove(root(), "_SCREENSAVER_STATUS");
  }
  xcb_window_t root() const { return canvas.connection().root(); }
};

using Best = X11Screen<true, true, true>;
using ScaledReply = X11Screen<true, false, false>;
using SharedFile = X11Screen<false, true, true>;
using SharedSegment = X11Screen<false, true, false>;
using Reply = X11Screen<false, false, false>;

template <class Driver>
bool is_taken(Driver& t, const CaptureRequest& request) {
  int pictures = 0;
  const auto state = t.source->capture(request, [&](const ScreenPicture&) -> Result<void> {
    ++pictures;
    return {};
  });
  CHECK((*state == ScreenState::visible) == (pictures > 0));
  return pictures > 0;
}

}  // namespace

TEST_CASE_TEMPLATE_INVOKE(screen_shows, Best, ScaledReply, SharedFile, SharedSegment, Reply);
TEST_CASE_TEMPLATE_INVOKE(screen_quarter, Best, ScaledReply, SharedFile, SharedSegment, Reply);
TEST_CASE_TEMPLATE_INVOKE(screen_monitors, Best, ScaledReply, SharedFile, SharedSegment, Reply);
TEST_CASE_TEMPLATE_INVOKE(screen_states, Best, Reply);
TEST_CASE_TEMPLATE_INVOKE(screen_sink, Best, Reply);

int main(int argc, char** argv) {
  if (test_display().empty()) {
    std::puts("skipped: ACTIVITYTRACK_TEST_DISPLAY names no X display of the tests' own");
    return exit_skipped;
  }
  return doctest::Context(argc, argv).run();
}
