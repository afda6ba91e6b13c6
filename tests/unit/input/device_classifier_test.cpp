#include <activitytrack/input/classifier.hpp>

#include "core/text.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace activitytrack;

namespace {

using Reasons = std::vector<std::string>;

constexpr std::uint16_t xtest_pointer = 4, xtest_keyboard = 5, plain_mouse = 8;

/// A classifier that knows the devices of a display.
struct Display {
  std::unique_ptr<Classifier> classifier = make_device_classifier();

  Display() {
    classifier->describe({xtest_pointer, "Virtual core XTEST pointer", true});
    classifier->describe({xtest_keyboard, "Virtual core XTEST keyboard", true});
    classifier->describe({plain_mouse, "Mouse"});
  }

  void add(std::uint16_t device, bool synthetic) {
    classifier->add({.kind = InputKind::motion, .synthetic = synthetic, .device = device});
  }
};

}  // namespace

TEST_CASE("what the display server made for a program is scripted, all else genuine") {
  auto classifier = make_device_classifier();
  const Classifier::Stretch genuine = classifier->add({.kind = InputKind::key_press});
  CHECK(classifier->preview().scripted.none());
  CHECK(classifier->preview().reasons.empty());
  const Classifier::Stretch scripted = classifier->add({.kind = InputKind::motion, .synthetic = true, .device = 5});
  CHECK(classifier->add({.kind = InputKind::motion, .device = 5}) == genuine);
  CHECK(classifier->add({.kind = InputKind::scroll, .synthetic = true, .device = 5}) == scripted);
  const Classifier::Judgement judgement = classifier->judge(Ticks{});
  CHECK_FALSE(judgement.scripted[genuine]);
  CHECK(judgement.scripted[scripted]);
  CHECK(judgement.genuine_score == 0.5);
  CHECK(judgement.reasons == std::vector<std::string>{"synthetic_device"});
  CHECK(classifier->preview().scripted.none());
  CHECK(classifier->judge(Ticks{}).features.empty());
}

TEST_CASE_FIXTURE(Display, "synthetic input is reported with the name of its device") {
  add(plain_mouse, false);
  add(xtest_keyboard, true);
  const Reasons keyboard{
      "synthetic_device",
      "input of the device \"Virtual core XTEST keyboard\", which is the display server's own for programs"};
  CHECK(classifier->preview().reasons == keyboard);
  CHECK(classifier->judge(Ticks{}).reasons == keyboard);
  add(xtest_pointer, true), add(xtest_keyboard, true);
  CHECK(classifier->judge(Ticks{}).reasons.size() == 3);
  add(plain_mouse, false);
  CHECK(classifier->judge(Ticks{}).reasons.empty());
}

TEST_CASE_FIXTURE(Display, "a device that nobody described has no name") {
  add(77, true), add(0, true);
  CHECK(classifier->judge(Ticks{}).reasons == Reasons{"synthetic_device"});
}

TEST_CASE_FIXTURE(Display, "a pointer that a program moved without any device") {
  add(pointer_warps, true);
  const Classifier::Judgement judgement = classifier->judge(Ticks{});
  CHECK(judgement.scripted.any());
  CHECK(judgement.reasons ==
        Reasons{"warped_pointer", "a program moved the pointer without any device (XWarpPointer)"});
  add(pointer_warps, true), add(xtest_pointer, true);
  const Reasons both = classifier->judge(Ticks{}).reasons;
  REQUIRE(both.size() == 4);
  CHECK(both[0] == "synthetic_device");
  CHECK(both[2] == "warped_pointer");
}

TEST_CASE_FIXTURE(Display, "names of any bytes and length are clean and short") {
  classifier->describe({xtest_pointer, "\xFF\n" + std::string(200, 'x'), true});
  add(xtest_pointer, true);
  const Reasons reasons = classifier->judge(Ticks{}).reasons;
  REQUIRE(reasons.size() == 2);
  CHECK(is_utf8(reasons[1]));
  CHECK(std::ranges::count(reasons[1], 'x') < 128);
  CHECK(reasons[1].find('\n') == std::string::npos);
}

TEST_CASE_FIXTURE(Display, "a number that a device is given anew is described anew") {
  classifier->describe({xtest_pointer, "Mouse"});
  add(xtest_pointer, true);
  CHECK(classifier->judge(Ticks{}).reasons == Reasons{"synthetic_device"});
}

TEST_CASE_FIXTURE(Display, "of more devices than anyone has, those for programs are kept") {
  for (std::uint16_t id = 100; id < 200; ++id) classifier->describe({id, "Hub", false, true});
  add(xtest_pointer, true), add(xtest_keyboard, true);
  CHECK(classifier->judge(Ticks{}).reasons.size() == 3);
}
