// What every Classifier promises, whatever it judges by.
#include <activitytrack/input/classifier.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <vector>

using namespace activitytrack;
using namespace std::chrono_literals;

namespace {

struct Device {
  std::unique_ptr<Classifier> classifier = make_device_classifier();
};

struct Behaviour {
  std::unique_ptr<Classifier> classifier = make_behaviour_classifier();
};

std::vector<InputSample> samples_of_all_kinds() {
  std::vector<InputSample> samples;
  for (const bool synthetic : {false, true}) {
    for (const auto kind : {InputKind::key_press, InputKind::key_release, InputKind::button_press,
                            InputKind::button_release, InputKind::scroll, InputKind::motion}) {
      samples.push_back({.at = Ticks(1s) + samples.size() * 10ms, .kind = kind, .synthetic = synthetic});
    }
  }
  return samples;
}

/// Feeds samples and gives what is said of the interval, and checks what holds of any.
Classifier::Judgement judged(Classifier& classifier, const std::vector<InputSample>& samples) {
  for (const auto& sample : samples) REQUIRE(classifier.add(sample) < Classifier::max_stretches);
  const Classifier::Judgement preview = classifier.preview();
  Classifier::Judgement judgement = classifier.judge(samples.empty() ? Ticks{} : samples.back().at);
  CHECK(preview.genuine_score == judgement.genuine_score);
  CHECK(preview.scripted == judgement.scripted);
  CHECK(preview.reasons == judgement.reasons);
  CHECK(judgement.genuine_score >= 0);
  CHECK(judgement.genuine_score <= 1);
  CHECK(judgement.scripted.any() == !judgement.reasons.empty());
  return judgement;
}

bool is_word(const std::string& text) {
  return std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

}  // namespace

#define EVERY_CLASSIFIER Device, Behaviour

TEST_CASE_TEMPLATE("nothing is genuine", T, EVERY_CLASSIFIER) {
  T t;
  CHECK(judged(*t.classifier, {}).genuine_score == 1);
  CHECK(judged(*t.classifier, {}).scripted.none());
}

TEST_CASE_TEMPLATE("too little evidence counts as genuine", T, EVERY_CLASSIFIER) {
  T t;
  const Classifier::Judgement judgement =
      judged(*t.classifier, {{.at = Ticks(1s), .dx = 1}, {.at = Ticks(2s), .dx = -1}});
  CHECK(judgement.genuine_score == 1);
  CHECK(judgement.scripted.none());
}

TEST_CASE_TEMPLATE("what the display server synthesized is scripted, whoever judges", T, EVERY_CLASSIFIER) {
  T t;
  std::vector<std::pair<bool, Classifier::Stretch>> stretches;
  for (const auto& sample : samples_of_all_kinds()) {
    if (!sample.synthetic && sample.kind != InputKind::motion) continue;  // so little is genuine
    stretches.emplace_back(sample.synthetic, t.classifier->add(sample));
  }
  const Classifier::Judgement judgement = judged(*t.classifier, {});
  for (const auto& [synthetic, stretch] : stretches) CHECK(judgement.scripted[stretch] == synthetic);
  REQUIRE_FALSE(judgement.reasons.empty());
  CHECK(judgement.reasons[0] == "synthetic_device");
  CHECK(is_word(judgement.reasons[0]));
  CHECK(judged(*t.classifier, {}).scripted.none());
}

TEST_CASE_TEMPLATE("features keep their number, order and names", T, EVERY_CLASSIFIER) {
  T t;
  std::vector<std::string_view> names;
  for (const Classifier::Feature& feature : t.classifier->preview().features) names.push_back(feature.name);
  const auto features = judged(*t.classifier, samples_of_all_kinds()).features;
  REQUIRE(features.size() == names.size());
  for (std::size_t i = 0; i < names.size(); ++i) CHECK(features[i].name == names[i]);
}

TEST_CASE_TEMPLATE("an hour of many devices has stretches enough", T, EVERY_CLASSIFIER) {
  T t;
  for (int second = 0; second < 3600; ++second)
    for (std::uint16_t device = 0; device < 8; ++device)
      REQUIRE(t.classifier->add({.at = Ticks(second * 1s), .device = device, .dx = 1}) < Classifier::max_stretches);
  judged(*t.classifier, {});
}

TEST_CASE_TEMPLATE("what no hand does to a clock or a pointer is no alarm", T, EVERY_CLASSIFIER) {
  T t;
  SUBCASE("time that goes back") {
    std::vector<InputSample> samples;
    for (int i = 0; i < 500; ++i) samples.push_back({.at = Ticks((i % 50) * 1s), .dx = float(i % 7), .dy = 1});
    judged(*t.classifier, samples);
  }
  SUBCASE("gaps of years, before and after the beginning") {
    CHECK(judged(*t.classifier, {{.at = Ticks(-1000000h), .dx = 1},
                                 {.at = Ticks(1000000h), .dx = 1},
                                 {.at = Ticks(-1h), .kind = InputKind::key_press}})
              .scripted.none());
  }
  SUBCASE("coordinates that are none") {
    constexpr float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
    std::vector<InputSample> samples;
    for (const float bad : {nan, inf, -inf, 1e30F, -1e30F})
      for (const auto kind : {InputKind::motion, InputKind::scroll})
        samples.push_back({.at = Ticks(samples.size() * 1s), .kind = kind, .slot = 65535, .dx = bad, .dy = bad});
    CHECK(judged(*t.classifier, samples).scripted.none());
  }
  SUBCASE("a million events in a second") {
    for (int i = 0; i < 1'000'000; ++i) {
      const auto kind = InputKind(i % 6);
      t.classifier->add({.at = Ticks(std::chrono::microseconds(i)), .kind = kind, .slot = 1, .dx = 1});
    }
    CHECK(judged(*t.classifier, {}).scripted.none());
  }
}
