// Checks that the X11 sources keep the contracts of their interfaces. It needs a display of its own, with no window
// manager and nobody at it: ACTIVITYTRACK_TEST_DISPLAY=:7 contract_x11.
#define DOCTEST_CONFIG_IMPLEMENT
#include "core/text.hpp"

#include "focus_source_contract.hpp"
#include "input_source_contract.hpp"
#include "x11_desktop.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cstdio>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

constexpr int exit_skipped = 77;

/// What it looks like to a client when the server dies.
void cut(int fd) { REQUIRE(::shutdown(fd, SHUT_RDWR) == 0); }

struct X11Input {
  std::unique_ptr<InputSource> source = make_input_source(test_display()).value();

  static ClockReading now() { return system_clock().read(); }
  static void tap() { xdotool("keydown a mousedown 1 mouseup 1 keyup a"); }
  void lose() { cut(source->fd()); }
};

template <bool managed>
struct X11Focus {
  X11Desktop desktop{managed};
  std::unique_ptr<FocusSource> source;

  X11Focus() {
    focus("editor", "One");
    source = make_focus_source(test_display()).value();
  }
  static ClockReading now() { return system_clock().read(); }
  void focus(const std::string& app, const std::string& title) { desktop.focus(app, title); }
  void retitle(const std::string& title) { desktop.retitle(title); }
  void blur() { desktop.blur(); }
  void lose() { cut(source->fd()); }
};

using Managed = X11Focus<true>;
using Unmanaged = X11Focus<false>;

}  // namespace

TEST_CASE_TEMPLATE_INVOKE(input_drains, X11Input);
TEST_CASE_TEMPLATE_INVOKE(input_appends, X11Input);
TEST_CASE_TEMPLATE_INVOKE(input_pairs, X11Input);
TEST_CASE_TEMPLATE_INVOKE(input_descriptor, X11Input);
TEST_CASE_TEMPLATE_INVOKE(input_lost, X11Input);

TEST_CASE_TEMPLATE_INVOKE(focus_first, Managed, Unmanaged);
TEST_CASE_TEMPLATE_INVOKE(focus_changes, Managed, Unmanaged);
TEST_CASE_TEMPLATE_INVOKE(focus_appends, Managed, Unmanaged);
TEST_CASE_TEMPLATE_INVOKE(focus_descriptor, Managed, Unmanaged);
TEST_CASE_TEMPLATE_INVOKE(focus_lost, Managed, Unmanaged);

TEST_CASE("X11 input: keys that are down together have slots of their own") {
  X11Input t;
  std::vector<InputSample> out;
  xdotool("keydown a keydown b keyup a keydown c keyup b keyup c");
  gather(t, 6, out);
  REQUIRE(out.size() == 6);
  std::vector<int> slots;
  for (const auto& sample : out) slots.push_back(sample.slot);
  CHECK(slots == std::vector{0, 1, 0, 0, 1, 0});  // c takes the lowest that is free
}

TEST_CASE("X11 input: what another client grabs is seen, and XTEST is synthetic") {
  X11Desktop desktop(false);
  desktop.grab();
  X11Input t;
  std::vector<InputSample> out;
  t.tap();
  gather(t, tap_size, out);
  CHECK(kinds(out) == tap_kinds);
  for (const auto& sample : out) CHECK(sample.synthetic);
}

TEST_CASE("X11 input: every device is reported once, with its name and whether it is for programs") {
  X11Input t;
  std::vector<InputSample> out;
  t.tap();
  gather(t, tap_size, out);
  const auto devices = t.source->take_devices();
  CHECK(t.source->take_devices().empty());
  for (const auto& sample : out) {
    const auto found = std::ranges::find(devices, sample.device, &InputDevice::id);
    REQUIRE(found != devices.end());
    const bool key = sample.kind == InputKind::key_press || sample.kind == InputKind::key_release;
    CHECK(found->name == (key ? "Virtual core XTEST keyboard" : "Virtual core XTEST pointer"));
    CHECK(found->synthetic);
    CHECK_FALSE(found->appeared);
    CHECK_FALSE(found->gone);
  }
}

TEST_CASE("X11 input: devices that appear and go are reported") {
  X11Desktop desktop(false);
  X11Input t;
  std::vector<InputSample> out;
  t.source->take_devices();
  desktop.add_master("Second");
  REQUIRE(t.source->drain(t.now(), out).has_value());
  const auto appeared = t.source->take_devices();
  REQUIRE(appeared.size() == 2);
  CHECK(appeared[0].name == "Second XTEST pointer");
  CHECK(appeared[1].name == "Second XTEST keyboard");
  desktop.remove_master();
  REQUIRE(t.source->drain(t.now(), out).has_value());
  const auto gone = t.source->take_devices();
  REQUIRE(gone.size() == 2);
  for (const auto& device : appeared) {
    CHECK(device.synthetic);
    CHECK(device.appeared);
    CHECK_FALSE(device.gone);
    const auto found = std::ranges::find(gone, device.id, &InputDevice::id);
    REQUIRE(found != gone.end());
    CHECK(found->name == device.name);
    CHECK(found->appeared);
    CHECK(found->gone);
  }
  CHECK(out.empty());
}

TEST_CASE("X11 input: a pointer that a program moves at rest is one synthetic motion") {
  X11Desktop desktop(false);
  desktop.warp(100, 100);
  X11Input t;
  ClockReading now = t.now();
  std::vector<InputSample> out;
  const auto drain_after = [&](std::chrono::seconds time) {
    now.ticks += time, now.wall += time;
    out.clear();
    REQUIRE(t.source->drain(now, out).has_value());
  };
  drain_after(0s), drain_after(60s);
  CHECK(out.empty());
  desktop.warp(300, 300), desktop.warp(110, 95);
  drain_after(60s);
  const InputSample warp{now.ticks, InputKind::motion, true, pointer_warps, 0, 10, -5};
  CHECK(out == std::vector{warp});
  drain_after(60s);
  CHECK(out.empty());

  t.tap();
  desktop.warp(400, 400);  // as a window manager answers to input
  drain_after(2s);
  CHECK(kinds(out) == tap_kinds);
  desktop.warp(500, 400);
  drain_after(2s);
  CHECK(out.empty());
}

TEST_CASE_TEMPLATE("X11 focus: a title of any bytes and length is clean", T, Managed, Unmanaged) {
  T t;
  (void)change(t, [] {});
  const auto broken = change(t, [&t] { t.retitle("bad \xFF\xFE bytes"); });
  CHECK(is_utf8(broken.title));
  CHECK(broken.title.find("bytes") != std::string::npos);
  std::string snowmen;
  for (int i = 0; i < 1000; ++i) snowmen += "☃";
  const auto lengthy = change(t, [&] { t.retitle(snowmen); });
  CHECK(is_utf8(lengthy.title));
  CHECK(lengthy.title.size() <= 512);
  CHECK(lengthy.title.size() > 500);
}

TEST_CASE("X11: a display that is not there says so, and may come") {
  const auto input = make_input_source(":59999");
  REQUIRE_FALSE(input.has_value());
  CHECK(input.error().code == ErrorCode::unavailable);
  CHECK(input.error().message.find(":59999") != std::string::npos);
  CHECK_FALSE(make_focus_source(":59999").has_value());
}

int main(int argc, char** argv) {
  if (test_display().empty()) {
    std::puts("skipped: ACTIVITYTRACK_TEST_DISPLAY names no X display of the tests' own");
    return exit_skipped;
  }
  return doctest::Context(argc, argv).run();
}
