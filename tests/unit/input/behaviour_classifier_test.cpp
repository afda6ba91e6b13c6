#include <activitytrack/input/classifier.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>

using namespace activitytrack;
using namespace std::chrono_literals;

namespace {

constexpr std::uint16_t jiggler = 1, desk_mouse = 2;

struct JudgedDesk {
  std::unique_ptr<Classifier> classifier = make_behaviour_classifier();
  Ticks now{1h};
  std::set<Classifier::Stretch> by_jiggler, by_person;  ///< of the present interval

  /// A step to and fro each second on `device`, for `seconds`.
  void jiggle(int seconds, std::uint16_t device = jiggler) {
    for (int i = 0; i < seconds; ++i, now += 1s)
      by_jiggler.insert(classifier->add({.at = now, .device = device, .dx = i % 2 ? -4.0F : 4.0F}));
  }

  /// Curved strokes of half a second with a click, for `seconds`.
  void work(int seconds, std::uint16_t device) {
    for (int i = 0; i < seconds; ++i) {
      for (int n = 0; n < 50; ++n)
        by_person.insert(classifier->add({.at = now + n * 10ms,
                                          .device = device,
                                          .dx = float(std::sin(n / 9.0 + i) * 6 + i % 3),
                                          .dy = float(std::cos(n / 7.0 + i * i) * 5)}));
      now += 800ms;
      classifier->add({.at = now, .kind = InputKind::button_press, .device = device, .slot = 1});
      now += 90ms;
      classifier->add({.at = now, .kind = InputKind::button_release, .device = device, .slot = 1});
      now += 110ms;
    }
  }

  Classifier::Judgement judge() {
    by_jiggler.clear(), by_person.clear();
    return classifier->judge(now);
  }
};

}  // namespace

TEST_CASE_FIXTURE(JudgedDesk, "a jiggler is found, with its reasons") {
  Classifier::Judgement judgement;
  for (int minute = 0; minute < 5; ++minute) jiggle(60), judgement = judge();
  CHECK(judgement.scripted.any());
  CHECK(judgement.genuine_score < 0.5);
  REQUIRE(judgement.reasons.size() >= 2);
  CHECK(judgement.reasons[0] == "constant_interval");
  CHECK(judgement.reasons[1] == "pointer moves for an instant every 1.0 s");
}

TEST_CASE_FIXTURE(JudgedDesk, "a jiggler that was plugged in is found by what it does, and reported with its name") {
  classifier->describe({jiggler, "USB jiggler", false, true});
  classifier->describe({desk_mouse, "Mouse", false, true});
  Classifier::Judgement judgement;
  for (int minute = 0; minute < 5; ++minute) jiggle(60), judgement = judge();
  CHECK(judgement.reasons.back() == "the device \"USB jiggler\" was plugged in during this session");
  jiggle(60);
  classifier->describe({jiggler, "USB jiggler", false, true, true});
  CHECK(judge().reasons.back() == "the device \"USB jiggler\" was plugged in and pulled out again during this session");
}

TEST_CASE_FIXTURE(JudgedDesk, "a device that was there all the time is not spoken of until it is pulled out") {
  classifier->describe({jiggler, "Mouse"});
  Classifier::Judgement judgement;
  for (int minute = 0; minute < 5; ++minute) jiggle(60), judgement = judge();
  REQUIRE(judgement.scripted.any());
  for (const auto& reason : judgement.reasons) CHECK(reason.find("Mouse") == std::string::npos);
  jiggle(60);
  classifier->describe({jiggler, "Mouse", false, false, true});
  CHECK(judge().reasons.back() == "the device \"Mouse\" was pulled out during this session");
}

TEST_CASE_FIXTURE(JudgedDesk, "a mouse that was plugged in is no evidence by itself") {
  classifier->describe({desk_mouse, "Mouse", false, true});
  work(1, desk_mouse);
  CHECK(judge().reasons.empty());
}

TEST_CASE_FIXTURE(JudgedDesk, "a single sample is no evidence, also at the very beginning") {
  now = Ticks{};
  SUBCASE("a key") { classifier->add({.at = now, .kind = InputKind::key_press}); }
  SUBCASE("a step") { classifier->add({.at = now, .dx = 1}); }
  SUBCASE("a turn of the wheel") { classifier->add({.at = now, .kind = InputKind::scroll, .dy = 1}); }
  const auto judgement = classifier->judge(now);
  CHECK(judgement.scripted.none());
  CHECK(judgement.genuine_score == 1);
  CHECK(judgement.reasons.empty());
}

TEST_CASE_FIXTURE(JudgedDesk, "more presses than hands make are a flood once they go on for some seconds") {
  for (int i = 0; i < 20 * 400; ++i, now += 2500us)
    classifier->add({.at = now, .kind = InputKind::button_press, .device = desk_mouse});
  const auto judgement = judge();
  CHECK(judgement.scripted.any());
  CHECK(judgement.genuine_score < 0.5);
  CHECK(std::ranges::count(judgement.reasons, "more than 200 presses a second for some seconds") == 1);
}

TEST_CASE_FIXTURE(JudgedDesk, "one move in 30 s is found within ten minutes") {
  bool found = false;
  for (int i = 0; i < 20 && !found; ++i) {
    classifier->add({.at = now, .dx = 1}), classifier->add({.at = now + 10ms, .dx = -1});
    now += 30s;
    if (i % 2) found = judge().scripted.any();
  }
  CHECK(found);
}

TEST_CASE_FIXTURE(JudgedDesk, "a person keeps the counts of their own mouse") {
  for (int minute = 0; minute < 5; ++minute) jiggle(60), judge();
  jiggle(10), work(1, desk_mouse);  // too little to be judged
  const auto judgement = classifier->judge(now);
  for (const Classifier::Stretch stretch : by_jiggler) CHECK(judgement.scripted[stretch]);
  for (const Classifier::Stretch stretch : by_person) CHECK_FALSE(judgement.scripted[stretch]);
}

TEST_CASE_FIXTURE(JudgedDesk, "on one device, a person keeps the stretches in which they were there") {
  for (int minute = 0; minute < 5; ++minute) jiggle(60), judge();
  jiggle(20), work(20, jiggler), jiggle(20);
  const auto judgement = classifier->judge(now);
  for (const Classifier::Stretch stretch : by_person) CHECK_FALSE(judgement.scripted[stretch]);
  int scripted = 0;
  for (const Classifier::Stretch stretch : by_jiggler) scripted += judgement.scripted[stretch];
  CHECK(scripted >= 3);
}

TEST_CASE_FIXTURE(JudgedDesk, "more devices than are tracked one by one share what is left") {
  for (std::uint16_t device = 1; device <= 9; ++device) classifier->add({.at = now, .device = device, .dx = 1});
  jiggle(300, 9);
  CHECK(judge().scripted.any());
}

TEST_CASE_FIXTURE(JudgedDesk, "features are those of the interval, and not known without input") {
  jiggle(60);
  const auto features = judge().features;
  CHECK(features[0].name == "evidence");
  CHECK(features[0].value == 60);
  CHECK(std::isnan(judge().features[0].value));
}

TEST_CASE_FIXTURE(JudgedDesk, "intervals shorter than a minute are measured together, up to most of one") {
  judge();
  std::vector<float> evidence;
  for (int i = 0; i < 12; ++i) jiggle(5), evidence.push_back(judge().features[0].value);
  CHECK(evidence == std::vector<float>{5, 10, 15, 20, 25, 30, 35, 40, 45, 5, 10, 15});
}
