#include <activitytrack/input/classifier.hpp>

#include <doctest/doctest.h>

using namespace activitytrack;

TEST_CASE("what the display server made for a program is scripted, all else genuine") {
  auto classifier = make_device_classifier();
  const Stretch genuine = classifier->add({.kind = InputKind::key_press});
  CHECK(classifier->preview().scripted.none());
  CHECK(classifier->preview().reasons.empty());
  const Stretch scripted = classifier->add({.kind = InputKind::motion, .synthetic = true, .device = 5});
  CHECK(classifier->add({.kind = InputKind::motion, .device = 5}) == genuine);
  CHECK(classifier->add({.kind = InputKind::scroll, .synthetic = true, .device = 5}) == scripted);
  const IntervalJudgement judgement = classifier->judge();
  CHECK_FALSE(judgement.scripted[genuine]);
  CHECK(judgement.scripted[scripted]);
  CHECK(judgement.genuine_score == 0.5);
  CHECK(judgement.reasons == std::vector<std::string>{"synthetic_device"});
  CHECK(classifier->preview().scripted.none());
  CHECK(classifier->features().empty());
}
