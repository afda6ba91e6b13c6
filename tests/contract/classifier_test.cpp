// What every Classifier promises, whatever it judges by.
#include <activitytrack/input/classifier.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace activitytrack;
using namespace std::chrono_literals;

namespace {

struct Device {
  std::unique_ptr<Classifier> classifier = make_device_classifier();
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

}  // namespace

TEST_CASE_TEMPLATE("a judgement gives its reason just when it is scripted", T, Device) {
  T t;
  for (const auto& sample : samples_of_all_kinds()) {
    const Judgement judgement = t.classifier->judge(sample);
    CHECK(judgement.scripted == !judgement.reason.empty());
    CHECK(std::ranges::all_of(judgement.reason, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; }));
  }
}

TEST_CASE_TEMPLATE("what the display server synthesized is scripted, whoever judges", T, Device) {
  T t;
  for (const auto& sample : samples_of_all_kinds()) {
    if (sample.synthetic) CHECK(t.classifier->judge(sample).scripted);
  }
}

TEST_CASE_TEMPLATE("a reason outlives the classifier that gave it", T, Device) {
  T t;
  const auto reason = t.classifier->judge({.at = Ticks(1s), .synthetic = true}).reason;
  t.classifier.reset();
  CHECK_FALSE(std::string(reason).empty());
}
