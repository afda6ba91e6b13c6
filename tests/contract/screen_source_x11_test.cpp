// Checks that the X11 screen source keeps its contract, in every way that it may take, and what it promises beyond.
// It needs a display of its own, with no window manager and nobody at it:
// ACTIVITYTRACK_TEST_DISPLAY=:7 contract_screen_x11. Cases that end the display are run one by one, by
// tests/integration/test_screen.py.
#define DOCTEST_CONFIG_IMPLEMENT
#include "screen_source_contract.hpp"

#include "fakes.hpp"
#include "screen/x11_camera.hpp"
#include "screen/x11_screen_source.hpp"
#include "x11_canvas.hpp"
#include "x11_desktop.hpp"

#include <unistd.h>

#include <cstdio>

using namespace activitytrack;
using namespace activitytrack::test;

namespace {

constexpr int exit_skipped = 77;

Image picture_for_screen() {
  const auto [width, height] = X11Canvas::screen_size();
  return noise(width, height);
}

std::unique_ptr<ScreenSource> open_source(const X11Ways& ways = {}, Log& log = null_log()) {
  return make_screen_source(test_display(), log, ways).value();
}

Result<void> do_not_wait(std::chrono::milliseconds) { return {}; }

template <bool render, bool shared_memory, bool descriptors>
struct X11Screen {
  static constexpr X11Ways ways{render, shared_memory, descriptors};
  /// Halving twice drops what is behind the point twice.
  static constexpr int rounding = render ? 2 : 0;

  X11Canvas canvas = X11Canvas::covering(picture_for_screen());
  X11Canvas other{10, 10, 20, 20};
  std::unique_ptr<ScreenSource> source = open_source(ways);

  X11Screen() { other.name("vault", "Vault"); }
  ConstImageView shown() const { return canvas.shown(); }
  static ScreenSource::Request request() { return {.excluded_apps = {"vault"}, .wait = do_not_wait}; }

  void hide(ScreenSource::State state) {
    if (state == ScreenSource::State::excluded) return other.map();
    const char* name = state == ScreenSource::State::locked ? "LOCK" : "BLANK";
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

ConstImageView part_of(ConstImageView whole, int x, int y, int width, int height) {
  return {whole.row(y) + 4 * x, width, height, whole.stride};
}

/// What a capture without pictures says, or "visible".
template <class Driver>
std::string state_for(Driver& t, std::vector<std::string> excluded) {
  int pictures = 0;
  const auto state = t.source->capture({.excluded_apps = std::move(excluded), .wait = do_not_wait},
                                       [&](const ScreenSource::Picture&) -> Result<void> {
                                         ++pictures;
                                         return {};
                                       });
  CHECK(pictures == (*state == ScreenSource::State::visible ? 1 : 0));
  return std::string(to_string(*state));
}

}  // namespace

TEST_CASE_TEMPLATE_INVOKE(screen_shows, Best, ScaledReply, SharedFile, SharedSegment, Reply);
TEST_CASE_TEMPLATE_INVOKE(screen_quarter, Best, ScaledReply, SharedFile, SharedSegment, Reply);
TEST_CASE_TEMPLATE_INVOKE(screen_monitors, Best, ScaledReply, SharedFile, SharedSegment, Reply);
TEST_CASE_TEMPLATE_INVOKE(screen_states, Best, Reply);
TEST_CASE_TEMPLATE_INVOKE(screen_sink, Best, Reply);

TEST_CASE_TEMPLATE("X11 screen: windows inside of windows are in the picture, the pointer is not", T, Best, SharedFile,
                   Reply) {
  T t;
  const auto [width, height] = X11Canvas::screen_size();
  xdotool("mousemove " + std::to_string(width / 2) + " " + std::to_string(height / 2));
  X11Canvas cross(width / 4, height / 4, width / 2, height / 2);
  cross.show_cursor();
  cross.map();
  const auto taken = take(*t.source, {.quarter = false});
  REQUIRE(taken.size() == 1);
  int other_than_black = 0;
  const ConstImageView inner =
      part_of(std::as_const(taken[0].pixels).view(), width / 4, height / 4, width / 2, height / 2);
  for (int y = 0; y < inner.height; ++y) {
    for (int i = 0; i < 4 * inner.width; ++i) other_than_black += i % 4 != 3 && inner.row(y)[i] != 0;
  }
  CHECK(other_than_black == 0);
}

TEST_CASE("X11 screen: an application is excluded by its process, its class or its instance, in any case") {
  Best t;
  t.other.map();
  CHECK(state_for(t, {}) == "visible");
  CHECK(state_for(t, {"", "vaul", "vaultt", "firefox"}) == "visible");
  CHECK(state_for(t, {"firefox", "VAULT"}) == "excluded");
  t.other.name("an-instance", "A-Class");
  CHECK(state_for(t, {"An-Instance"}) == "excluded");
  CHECK(state_for(t, {"a-class"}) == "excluded");
  CHECK(state_for(t, {"vault"}) == "visible");
  // The program that made the window is this one: by what it says, and else by what the server knows.
  CHECK(state_for(t, {"Contract_Screen_X11"}) == "excluded");
  t.other.set(t.other.id(), "_NET_WM_PID", XCB_ATOM_CARDINAL, {static_cast<std::uint32_t>(getppid())});
  CHECK(state_for(t, {"contract_screen_x11"}) == "excluded");
}

TEST_CASE("X11 screen: an excluded window counts only on the screen, and not when it is minimised") {
  Best t;
  const auto [width, height] = X11Canvas::screen_size();
  CHECK(state_for(t, {"vault"}) == "visible");  // not mapped
  t.other.map();
  t.other.move(width, 0);
  CHECK(state_for(t, {"vault"}) == "visible");
  t.other.move(width - 1, height - 1);
  CHECK(state_for(t, {"vault"}) == "excluded");
  t.other.set(t.other.id(), "WM_STATE", XCB_ATOM_CARDINAL, {3, 0});
  CHECK(state_for(t, {"vault"}) == "visible");
  t.other.set(t.other.id(), "WM_STATE", XCB_ATOM_CARDINAL, {1, 0});
  CHECK(state_for(t, {"vault"}) == "excluded");
  const auto hidden = x11::intern_atom(t.canvas.connection(), "_NET_WM_STATE_HIDDEN");
  t.other.set(t.other.id(), "_NET_WM_STATE", XCB_ATOM_ATOM, {hidden});
  CHECK(state_for(t, {"vault"}) == "visible");
}

TEST_CASE("X11 screen: pixels are read when a window that went has faded") {
  Best t;
  std::chrono::milliseconds waited{0};
  t.other.map();  // what a compositor paints on
  ScreenSource::Request request{.quarter = false, .excluded_apps = {"firefox"}};
  request.wait = [&](std::chrono::milliseconds time) -> Result<void> {
    waited += time;
    if (waited >= std::chrono::seconds(1)) t.other.unmap();
    return {};
  };
  const auto taken = take(*t.source, request);
  CHECK(waited == std::chrono::seconds(1));
  CHECK(difference(taken.at(0).pixels.view(), t.shown()) == 0);
}

TEST_CASE("X11 screen: an excluded window that comes and goes before the pixels are read is seen") {
  Best t;
  ScreenSource::Request request = t.request();
  bool came = false;
  request.wait = [&](std::chrono::milliseconds) -> Result<void> {
    if (std::exchange(came, true)) {
      t.other.unmap();
    } else {
      t.other.map();
    }
    return {};
  };
  const auto state = t.source->capture(request, [](const ScreenSource::Picture&) -> Result<void> { return {}; });
  CHECK(to_string(state.value()) == "excluded");
}

TEST_CASE("X11 screen: an error while it waits ends the capture, and the next one succeeds") {
  Best t;
  ScreenSource::Request request = t.request();
  request.wait = [](std::chrono::milliseconds) -> Result<void> { return Error{ErrorCode::busy, "stop"}; };
  const auto state = t.source->capture(request, [](const ScreenSource::Picture&) -> Result<void> { return {}; });
  CHECK(state.error() == Error{ErrorCode::busy, "stop"});
  CHECK(take(*t.source, t.request()).size() == 1);
}

TEST_CASE("X11 screen: an excluded window is found inside a manager's, and under others") {
  Best t;
  X11Canvas frame(0, 0, 100, 100);
  frame.name("manager", "Manager");
  t.other.map();
  t.other.put_into(frame);
  t.other.set(t.other.id(), "WM_STATE", XCB_ATOM_CARDINAL, {1, 0});  // as each manager does
  CHECK(state_for(t, {"vault"}) == "visible");                       // the frame is not mapped
  frame.map();
  CHECK(state_for(t, {"vault"}) == "excluded");
  X11Canvas over = X11Canvas::covering(Image(200, 200));
  CHECK(state_for(t, {"vault"}) == "excluded");
}

TEST_CASE("X11 screen: a known locker's window that covers the screen locks it") {
  Best t;
  const auto [width, height] = X11Canvas::screen_size();
  X11Canvas part(0, 0, width - 1, height);
  part.name("i3lock", "i3lock");
  part.map();
  CHECK(state_for(t, {}) == "visible");
  X11Canvas all(0, 0, width, height);
  all.name("game", "Game");
  all.map();
  CHECK(state_for(t, {}) == "visible");
  all.name("i3lock", "i3lock");
  CHECK(state_for(t, {}) == "locked");
  all.unmap();
  CHECK(state_for(t, {}) == "visible");
}

TEST_CASE("X11 screen: the server's screen saver blanks") {
  Best t;
  t.canvas.saver(true);
  CHECK(state_for(t, {}) == "blanked");
  t.canvas.saver(false);
  CHECK(state_for(t, {}) == "visible");
}

TEST_CASE("X11 screen: what the server could not scale is reported") {
  const auto connection = x11::Connection::open(test_display()).value();
  const auto scaler = X11Scaler::open(connection);
  REQUIRE(scaler.has_value());
  const X11Pixmap into(connection, 4, 4);
  CHECK(scaler->drawn(scaler->quarter({0, 0, 16, 16}, into)));
  CHECK_FALSE(scaler->drawn(scaler->quarter({0, 0, 0, 0}, into)));  // there is no pixmap of that size
}

TEST_CASE("X11 screen: a display that is not there says so") {
  const auto source = make_screen_source(":59999", null_log());
  REQUIRE_FALSE(source.has_value());
  CHECK(source.error().code == ErrorCode::unavailable);
}

int main(int argc, char** argv) {
  if (test_display().empty()) {
    std::puts("skipped: ACTIVITYTRACK_TEST_DISPLAY names no X display of the tests' own");
    return exit_skipped;
  }
  return doctest::Context(argc, argv).run();
}
