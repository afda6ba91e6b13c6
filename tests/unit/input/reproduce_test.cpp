// That a score can be worked out again from the measures that are kept with an event.
#include <activitytrack/core/event.hpp>
#include <activitytrack/input/classifier.hpp>

#include "input/behaviour_features.hpp"
#include "input/behaviour_model_parameters.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <random>

using namespace activitytrack;
using namespace std::chrono_literals;

namespace {

/// The measures as they are kept, read by their names; those that are left out are not known.
class Kept {
 public:
  explicit Kept(const Classifier::Judgement& judgement) {
    for (const Classifier::Feature& each : judgement.features) measures_.add(each.name, each.value);
  }

  float operator[](std::string_view name) const {
    const std::string& json = measures_.json();
    const auto at = json.find('"' + std::string(name) + "\":");
    if (at == json.npos) return not_known;
    return static_cast<float>(std::strtod(json.c_str() + at + name.size() + 3, nullptr));
  }

 private:
  InputMeasures measures_;
};

double score_of(const Kept& kept) {
  std::vector<float> input;
  for (const std::string_view name : behaviour_model.features) input.push_back(kept[name]);
  const bool enough = kept["carried_evidence"] >= behaviour_model.least_evidence;
  if (!enough && !beyond_limits(behaviour_model, input)) return 1;
  return double(genuine_probability(behaviour_model, raw_score(behaviour_model, input)));
}

/// A desk at which programs and a person come and go, on several devices.
struct KeptDesk {
  std::unique_ptr<Classifier> classifier = make_behaviour_classifier();
  std::mt19937 random{11};

  double any(double low, double high) { return std::uniform_real_distribution(low, high)(random); }

  void jiggle(Ticks at, std::uint16_t device) {
    for (int i = 0; i < 60; ++i, at += 1s) classifier->add({.at = at, .device = device, .dx = i % 2 ? -4.0F : 4.0F});
  }

  void type(Ticks from, std::uint16_t device) {
    for (Ticks at = from; at < from + 1min; at += us(std::exp(any(11, 14)))) {
      classifier->add({.at = at, .kind = InputKind::key_press, .device = device, .slot = 1});
      at += us(any(3e4, 1.2e5));
      classifier->add({.at = at, .kind = InputKind::key_release, .device = device, .slot = 1});
    }
  }

  void point(Ticks from, std::uint16_t device) {
    for (Ticks at = from; at < from + 1min; at += us(std::exp(any(12.5, 14.5)))) {
      const double x = any(-600, 600), y = any(-300, 300), steps = any(25, 60);
      for (double i = 0; i < steps; ++i, at += us(any(7e3, 9e3))) {
        const double speed = std::pow(std::sin(i / steps * 3.14), 2) * 2 / steps + any(-1, 1) / steps;
        classifier->add({.at = at,
                         .device = device,
                         .dx = float(std::round(x * speed)),
                         .dy = float(std::round(y * speed + any(-1, 1)))});
      }
      at += us(any(8e4, 3e5));
      classifier->add({.at = at, .kind = InputKind::button_press, .device = device, .slot = 1});
      at += us(any(6e4, 1.3e5));
      classifier->add({.at = at, .kind = InputKind::button_release, .device = device, .slot = 1});
    }
  }

  void play(Ticks at, std::uint16_t device) {
    switch (random() % 12) {
      case 0:
      case 1:
        return jiggle(at, device);
      case 2:
        return type(at, device);
      case 3:
        return point(at, device);
      case 4:  // too little to judge
        classifier->add({.at = at, .device = device, .dx = 3});
        return;
      default:
        return;
    }
  }

  static std::chrono::microseconds us(double value) { return std::chrono::microseconds(std::int64_t(value)); }
};

}  // namespace

TEST_CASE_FIXTURE(KeptDesk, "a score is what the kept measures say, whoever was at it") {
  int low = 0, high = 0;
  for (int desk = 0; desk < 12; ++desk) {
    classifier = make_behaviour_classifier();
    for (int minute = 0; minute < 30; ++minute) {
      for (std::uint16_t device = 1; device <= 3; ++device) play(Ticks(minute * 1min), device);
      const double shown = classifier->preview().genuine_score;
      const Classifier::Judgement judgement = classifier->judge(Ticks((minute + 1) * 1min));
      CHECK(std::abs(score_of(Kept(judgement)) - judgement.genuine_score) < 1e-6);
      CHECK(shown == judgement.genuine_score);
      ++(judgement.genuine_score < 0.5 ? low : high);
    }
  }
  CHECK(low > 0);
  CHECK(high > 0);
}

TEST_CASE_FIXTURE(KeptDesk, "of who comes back to a desk where a program ran, too") {
  for (int minute = 0; minute < 20; ++minute) {
    minute < 5 ? jiggle(Ticks(minute * 1min), 1) : point(Ticks(minute * 1min), 1);
    const Classifier::Judgement judgement = classifier->judge(Ticks((minute + 1) * 1min));
    CHECK(std::abs(score_of(Kept(judgement)) - judgement.genuine_score) < 1e-6);
  }
}

TEST_CASE_FIXTURE(KeptDesk,
                  "where a flood of keys cannot be measured, the measures say that there is nothing to judge") {
  jiggle(Ticks(0min), 1), classifier->judge(Ticks(1min));
  jiggle(Ticks(1min), 1), classifier->judge(Ticks(2min));
  for (int i = 0; i < 100'000; ++i)
    classifier->add({.at = Ticks(2min + i * 100us), .kind = InputKind::key_press, .device = 1, .slot = 1});
  const Classifier::Judgement judgement = classifier->judge(Ticks(3min));
  CHECK(judgement.reasons[0] == "flood");
  CHECK(score_of(Kept(judgement)) == 1);
}
