#include <activitytrack/input/classifier.hpp>

#include <doctest/doctest.h>

using namespace activitytrack;

TEST_CASE("what the display server made for a program is scripted, all else genuine") {
  auto classifier = make_device_classifier();
  CHECK_FALSE(classifier->judge({.kind = InputKind::key_press}).scripted);
  CHECK(classifier->judge({.kind = InputKind::key_press}).reason.empty());
  for (auto kind : {InputKind::key_press, InputKind::key_release, InputKind::button_press,
                    InputKind::button_release, InputKind::scroll, InputKind::motion}) {
    auto judgement = classifier->judge({.kind = kind, .synthetic = true, .device = 5});
    CHECK(judgement.scripted);
    CHECK(judgement.reason == "synthetic_device");
  }
  CHECK_FALSE(classifier->judge({.kind = InputKind::motion, .device = 5}).scripted);
}
