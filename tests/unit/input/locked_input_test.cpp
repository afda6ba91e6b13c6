#include <activitytrack/input/classifier.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace activitytrack;
using namespace std::chrono_literals;

namespace {

using Reasons = std::vector<std::string>;

constexpr std::uint16_t bumped_mouse = 8, bumped_keyboard = 9;

/// A session, looked at before each input, and its classifier; an interval is a minute.
template <std::unique_ptr<Classifier> (*make)()>
struct Session {
  std::unique_ptr<Classifier> classifier = make();
  Ticks now{1000h};
  bool locked = false;
  std::vector<Classifier::Stretch> last;  ///< of the interval

  Session() {
    classifier->describe({bumped_mouse, "Mouse"});
    classifier->describe({bumped_keyboard, "Keyboard"});
  }

  void lock(bool is) {
    locked = is;
    classifier->session_locked(locked, now);
  }

  void input(std::uint16_t device, InputKind kind = InputKind::motion) {
    now += 1s;
    classifier->session_locked(locked, now);
    last.push_back(classifier->add({.at = now, .kind = kind, .device = device, .dx = 1}));
  }

  Classifier::Judgement judge() {
    now += 60s;
    return classifier->judge(now);
  }

  /// Minutes with a bump of the mouse in each.
  Classifier::Judgement bumps(int minutes) {
    Classifier::Judgement judgement;
    for (int i = 0; i < minutes; ++i) {
      last.clear();
      input(bumped_mouse);
      judgement = judge();
    }
    return judgement;
  }
};

bool tells(const Classifier::Judgement& judgement) {
  return std::ranges::count(judgement.reasons, "input_while_locked") > 0;
}

using BySource = Session<make_device_classifier>;
using ByBehaviour = Session<make_behaviour_classifier>;

}  // namespace

#define EVERY_CLASSIFIER BySource, ByBehaviour

TEST_CASE_TEMPLATE("who goes on and on while the session is locked is a program", T, EVERY_CLASSIFIER) {
  T t;
  t.lock(true);
  const Classifier::Judgement fourth = t.bumps(4);
  CHECK_FALSE(tells(fourth));
  const Classifier::Judgement fifth = t.bumps(1);
  CHECK(fifth.scripted[t.last[0]]);
  REQUIRE(fifth.reasons.size() >= 2);
  CHECK(fifth.reasons[0] == "input_while_locked");
  CHECK(fifth.reasons[1] == "input while the session was locked: 1 event from the device \"Mouse\"");
  CHECK(fifth.genuine_score == 0);
  t.input(bumped_mouse, InputKind::button_press), t.input(bumped_mouse, InputKind::button_release);
  const Reasons reasons = t.judge().reasons;
  REQUIRE(reasons.size() >= 2);
  CHECK(reasons[1].find(": 1 event ") != std::string::npos);  // a press with its release
}

TEST_CASE("where the behaviour is not judged, what is not told of is genuine") {
  BySource s;
  s.lock(true);
  const Classifier::Judgement fourth = s.bumps(4);
  CHECK(fourth.scripted.none());
  CHECK(fourth.genuine_score == 1);
  s.bumps(1);
  s.input(bumped_mouse), s.input(bumped_keyboard);
  CHECK(s.judge().genuine_score == 0.5);
}

TEST_CASE_TEMPLATE("the same input while it is not locked is nothing", T, EVERY_CLASSIFIER) {
  T t;
  for (int i = 0; i < 30; ++i) CHECK_FALSE(tells(t.bumps(1)));
}

TEST_CASE_TEMPLATE("a person who unlocks begins anew", T, EVERY_CLASSIFIER) {
  T t;
  for (int day = 0; day < 5; ++day) {
    t.lock(true);
    CHECK_FALSE(tells(t.bumps(4)));
    t.lock(false);
    CHECK_FALSE(tells(t.bumps(3)));
  }
}

TEST_CASE_TEMPLATE("what a person types to unlock, beside a jiggler, is theirs", T, EVERY_CLASSIFIER) {
  T t;
  t.lock(true);
  t.bumps(5);
  t.input(bumped_mouse);
  t.last.clear();
  t.input(bumped_keyboard, InputKind::key_press), t.input(bumped_keyboard, InputKind::key_press);
  t.lock(false);
  t.input(bumped_keyboard, InputKind::key_press), t.input(bumped_keyboard, InputKind::key_press);
  const Classifier::Judgement judgement = t.judge();
  for (const Classifier::Stretch stretch : t.last) CHECK_FALSE(judgement.scripted[stretch]);
  CHECK(tells(judgement));
  CHECK_FALSE(tells(t.bumps(1)));
}

TEST_CASE_TEMPLATE("bumps far apart are no program's", T, EVERY_CLASSIFIER) {
  T t;
  t.lock(true);
  for (int i = 0; i < 40; ++i) {
    CHECK_FALSE(tells(t.bumps(1)));
    t.now += 19min;
  }
}

TEST_CASE_TEMPLATE("a jiggler that moves each five minutes is found within half an hour", T, EVERY_CLASSIFIER) {
  T t;
  t.lock(true);
  for (int i = 0; i < 4; ++i) {
    CHECK_FALSE(tells(t.bumps(1)));
    t.now += 4min;
  }
  CHECK(tells(t.bumps(1)));
}

TEST_CASE_TEMPLATE("what came between a look that says locked and one that does not is nobody's guess", T,
                   EVERY_CLASSIFIER) {
  T t;
  t.lock(true);
  t.bumps(5);
  t.last.clear();
  t.now += 1s;
  const Ticks unlocked_by_then = t.now + 2s;
  t.classifier->session_locked(false, unlocked_by_then);
  t.classifier->add({.at = t.now, .device = bumped_mouse, .dx = 1});
  const Classifier::Judgement judgement = t.judge();
  CHECK_FALSE(tells(judgement));
}

TEST_CASE_TEMPLATE("synthetic input and that of unknown devices is not told of", T, EVERY_CLASSIFIER) {
  T t;
  t.lock(true);
  for (int minute = 0; minute < 10; ++minute) {
    t.input(0);
    t.classifier->add({.at = t.now, .synthetic = true, .device = bumped_mouse});
    CHECK_FALSE(tells(t.judge()));
  }
}

TEST_CASE_TEMPLATE("more devices than there is room for", T, EVERY_CLASSIFIER) {
  T t;
  t.lock(true);
  for (int minute = 0; minute < 10; ++minute) {
    for (std::uint16_t device = 1; device < 100; ++device) t.input(device);
    t.judge();
  }
  for (std::uint16_t device = 1; device < 100; ++device) t.input(device);
  const Classifier::Judgement judgement = t.judge();
  CHECK(tells(judgement));
}
