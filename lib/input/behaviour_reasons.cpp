#include "input/behaviour_reasons.hpp"

#include "input/behaviour_model_input.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <functional>
#include <limits>

namespace activitytrack {
namespace {

/// A name that is a template's argument.
template <std::size_t n>
struct Named {
  char text[n];
  consteval Named(const char (&from)[n]) { std::copy_n(from, n, text); }
};

struct Evidence {
  const DeviceTrack& track;
  const FeatureValues& features;

  /// The feature of this name with what is carried over; compares as false where it is not known.
  template <Named name>
  float of() const noexcept {
    constexpr std::size_t index = measure_count + feature_index({name.text, sizeof(name.text) - 1});
    return features[index];
  }

  /// At least so many, of a measure that is the logarithm of an amount.
  template <Named name>
  bool many(float least) const noexcept {
    return of<name>() >= std::log1p(least);
  }
};

template <class... Numbers>
std::string sentence(const char* format, Numbers... numbers) {
  char text[96];
  std::snprintf(text, sizeof(text), format, double(numbers)...);
  return text;
}

float percent(float share) noexcept { return share * 100; }

std::string replayed_motion(const Evidence& e) {
  const float period = e.track.stroke_period_sec();
  if (e.of<"periodic_strokes">() > 0.05F && e.many<"repeats">(3) && period > 0)
    return sentence("pointer path repeats every %.1f s", period);
  if (!(e.of<"repeated_strokes">() > 0.2F) || !e.many<"large_strokes">(10)) return {};
  return sentence("pointer paths come again: %.0f%% of them came before", percent(e.of<"repeated_strokes">()));
}

std::string replayed_typing(const Evidence& e) {
  if (!(e.of<"repeated_rhythm">() > 0.2F) || e.of<"same_key_gaps">() > 0.5F) return {};
  const int period = e.track.rhythm_period();
  if (period > 1) return sentence("rhythm of keys repeats after %.0f keys", period);
  if (period == 1) return {};  // that is a constant interval
  return sentence("rhythms of keys come again: %.0f%% of them came before", percent(e.of<"repeated_rhythm">()));
}

std::string constant_keys(const Evidence& e) {
  if (!(e.of<"same_key_gaps">() > 0.6F) || !e.many<"keys">(20)) return {};
  const float gap_ms = std::exp(e.of<"key_gap_mean">()) - 1;
  return sentence("key intervals vary by less than %.0f ms", std::round(2 + 0.02F * gap_ms));
}

std::string constant_pauses(const Evidence& e) {
  if (!(e.of<"key_pause_spread">() < 0.02F) || !e.many<"keys">(5)) return {};
  return sentence("a key is pressed every %.1f s", std::exp(e.of<"key_pause_mean">()) / 1e3F);
}

std::string constant_clicks(const Evidence& e) {
  if (!(e.of<"same_click_gaps">() > 0.6F) || !e.many<"clicks">(5)) return {};
  const float seconds = std::exp(e.of<"click_gap_mean">()) / 1e3F;
  if (e.of<"unmoved_clicks">() > 0.9F) return sentence("clicks every %.2f s without moving", seconds);
  return sentence("clicks every %.2f s", seconds);
}

std::string constant_wheel(const Evidence& e) {
  if (!(e.of<"same_wheel_gaps">() > 0.6F) || !e.many<"wheel_turns">(5)) return {};
  return sentence("wheel turns every %.1f s", std::exp(e.of<"wheel_gap_mean">()) / 1e3F);
}

std::string constant_nudges(const Evidence& e) {
  if (!(e.of<"same_gaps">() > 0.6F) || !(e.of<"lone_strokes">() > 0.8F) || !e.many<"strokes">(5)) return {};
  return sentence("pointer moves for an instant every %.1f s", std::exp(e.of<"gap_mean">()) / 10);
}

std::string unmoved_clicks(const Evidence& e) {
  if (!(e.of<"unmoved_clicks">() > 0.95F) || !e.many<"clicks">(15)) return {};
  return sentence("%.0f clicks of late without moving", std::expm1(e.of<"clicks">()));
}

std::string confined_motion(const Evidence& e) {
  if (!(e.of<"lone_strokes">() > 0.8F) || !e.many<"strokes">(5)) return {};
  if (e.of<"tiny_strokes">() > 0.8F) return "pointer moves by a few pixels, and rests";
  if (e.of<"strokes_back">() > 0.6F) return "pointer moves there and back";
  return {};
}

std::string jumping_pointer(const Evidence& e) {
  if (!(e.of<"jumps">() > 0.6F) || !e.many<"strokes">(5)) return {};
  return "pointer jumps from place to place";
}

std::string straight_motion(const Evidence& e) {
  if (!(e.of<"straight_lines">() > 0.5F) || !e.many<"large_strokes">(5)) return {};
  if (e.of<"steady_strokes">() > 0.5F) return "pointer moves in straight lines at constant speed";
  return sentence("pointer moves in straight lines: %.0f%% of its paths", percent(e.of<"straight_lines">()));
}

std::string smooth_motion(const Evidence& e) {
  if (!(e.of<"jerk_mean">() < 0) || !e.many<"large_strokes">(5)) return {};
  return "pointer moves more smoothly than a hand does";
}

std::string alternating_wheel(const Evidence& e) {
  if (!(e.of<"wheel_flips">() > 0.8F) || !e.many<"wheel_turns">(5)) return {};
  return "wheel turns to and fro";
}

std::string instant_keys(const Evidence& e) {
  if (!e.many<"keys">(20)) return {};
  if (e.of<"fast_keys">() > 0.6F) return "keys follow each other within 30 ms";
  if (e.of<"instant_holds">() > 0.8F) return "keys are released within 20 ms";
  return {};
}

std::string equal_holds(const Evidence& e) {
  if (!(e.of<"same_holds">() > 0.6F) || !e.many<"keys">(20)) return {};
  return sentence("keys are held for %.0f ms each", std::exp(e.of<"key_hold_mean">()) - 1);
}

std::string one_key_at_a_time(const Evidence& e) {
  if (!(e.of<"rolled_keys">() < 0.001F) || !e.many<"keys">(60)) return {};
  return sentence("%.0f keys of late, none pressed before the one before was released", std::expm1(e.of<"keys">()));
}

struct Test {
  std::string_view word;
  std::string (*speak)(const Evidence&);  ///< empty if it has nothing to say
};

/// Tests of one word stand together.
constexpr Test tests[] = {
    {"replayed_motion", replayed_motion},
    {"replayed_typing", replayed_typing},
    {"constant_interval", constant_keys},
    {"constant_interval", constant_pauses},
    {"constant_interval", constant_clicks},
    {"constant_interval", constant_wheel},
    {"constant_interval", constant_nudges},
    {"unmoved_clicks", unmoved_clicks},
    {"confined_motion", confined_motion},
    {"jumping_pointer", jumping_pointer},
    {"straight_motion", straight_motion},
    {"smooth_motion", smooth_motion},
    {"alternating_wheel", alternating_wheel},
    {"instant_keys", instant_keys},
    {"equal_holds", equal_holds},
    {"one_key_at_a_time", one_key_at_a_time},
};

constexpr std::size_t most_measures = 3;

/// Which of all measures a feature of the model is, of the interval by itself or carried.
std::size_t measure_of(std::size_t model_feature) noexcept { return model_features[model_feature] % measure_count; }

/// Measures that stand together in behaviour_features.hpp.
struct Part {
  std::size_t first, end;  ///< the first is how much of it there is
  std::string_view what;

  bool has(std::size_t model_feature) const noexcept {
    return measure_of(model_feature) >= first && measure_of(model_feature) < end;
  }
};
constexpr std::array parts{Part{feature_index("strokes"), feature_index("clicks"), "the way the pointer moves"},
                           Part{feature_index("clicks"), feature_index("wheel_turns"), "the way buttons are clicked"},
                           Part{feature_index("wheel_turns"), feature_index("keys"), "the way the wheel turns"},
                           Part{feature_index("keys"), measure_count, "the rhythm of keys"}};

/// That without which the score would be lowest, of those that there is some of in the interval.
const Part* least_human_part(const FeatureValues& features, const ModelInput& input) {
  const Part* found = nullptr;
  float lowest = std::numeric_limits<float>::infinity();
  for (const Part& part : parts) {
    if (!(features[part.first] > 0)) continue;
    ModelInput without = input;
    for (std::size_t i = 0; i < input.size(); ++i)
      if (part.has(i)) without[i] = not_known;
    const float raw = raw_score(behaviour_model, without);
    if (raw < lowest) lowest = raw, found = &part;
  }
  return found;
}

struct Unusual {
  std::size_t feature;  ///< index in BehaviourModel::features
  float weight;         ///< so much lower the score would be without it
};

/// Those of the part that are outside of what people have, the weightiest first.
std::vector<Unusual> unusual_measures(const ModelInput& input, const Part& part) {
  std::vector<Unusual> found;
  const float raw = raw_score(behaviour_model, input);
  for (std::size_t i = 0; i < input.size(); ++i) {
    const UsualRange& usual = behaviour_model.usual[i];
    if (!part.has(i) || !(input[i] < usual.low || input[i] > usual.high)) continue;
    ModelInput without = input;
    without[i] = not_known;
    const float weight = raw - raw_score(behaviour_model, without);
    if (weight > 0) found.push_back({i, weight});
  }
  std::ranges::stable_sort(found, std::ranges::greater{}, &Unusual::weight);
  return found;
}

std::string measure_sentence(std::size_t feature, float value) {
  const UsualRange& usual = behaviour_model.usual[feature];
  char numbers[96];
  std::snprintf(numbers, sizeof(numbers), ": %.3g; people mostly have %.3g to %.3g (", double(value), double(usual.low),
                double(usual.high));
  return std::string(measure::all[measure_of(feature)].what) + numbers +
         std::string(behaviour_model.features[feature]) + ')';
}

}  // namespace

void explain(const DeviceTrack& track, const FeatureValues& features, std::vector<std::string>& reasons) {
  const Evidence evidence{track, features};
  std::string_view word;
  for (const Test& test : tests) {
    std::string text = test.speak(evidence);
    if (text.empty()) continue;
    if (test.word != word) reasons.emplace_back(word = test.word);
    reasons.push_back(std::move(text));
  }
}

void explain_by_measures(const FeatureValues& features, std::vector<std::string>& reasons) {
  const ModelInput input = model_input(features);
  const Part* const part = least_human_part(features, input);
  reasons.push_back(std::string(part ? part->what : "this input") +
                    " is unlike a person's, all measures of it taken together");
  if (!part) return;
  std::vector<std::size_t> shown;
  for (const Unusual& unusual : unusual_measures(input, *part)) {
    const std::size_t measure = measure_of(unusual.feature);
    if (shown.size() == most_measures || std::ranges::find(shown, measure) != shown.end()) continue;
    shown.push_back(measure);
    reasons.push_back(measure_sentence(unusual.feature, input[unusual.feature]));
  }
}

}  // namespace activitytrack
