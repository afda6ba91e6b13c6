#pragma once

#include "input/sums.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace activitytrack {

/// A measure of what a device did. It is taken twice: of one interval under its name, and of the
/// interval with what is carried over from those before as "carried_" + name.
struct Measure {
  std::string_view name;
  std::string_view what;  ///< in a line, for people
  float (*of)(const Sums&);
};

namespace measure {

inline float evidence(const Sums& s) {
  return s[Count::strokes] + s[Count::clicks] + s[Count::notches] + s[Count::keys] / 4;
}
template <Count c>
float amount(const Sums& s) {
  return std::log1p(s[c]);
}
template <Count part, Count whole>
float share(const Sums& s) {
  return s.share(part, whole);
}
template <Spread of>
float mean(const Sums& s) {
  return s[of].mean();
}
template <Spread of>
float deviation(const Sums& s) {
  return s[of].deviation();
}
template <Spread of>
float skewness(const Sums& s) {
  return s[of].skewness();
}
template <Joint of>
float correlation(const Sums& s) {
  return s[of].correlation();
}

// clang-format off
inline constexpr std::array all{std::to_array<Measure>({
    {"evidence", "how much there was to judge: strokes, clicks, turns of the wheel, and a quarter of the keys", evidence},
    {"strokes", "strokes (movements without a rest of 0.3 s), as logarithm", amount<Count::strokes>},
    {"path", "length of the pointer's way, as logarithm of px", amount<Count::path>},
    {"endless_strokes", "share of strokes that go on for 6 s", share<Count::cut, Count::strokes>},
    {"lone_strokes", "share of strokes that last 0.2 s or less", share<Count::lone, Count::strokes>},
    {"tiny_strokes", "share of strokes of 3 px or less", share<Count::tiny, Count::strokes>},
    {"still_strokes", "share of strokes that lead there and back within 0.1 s", share<Count::still, Count::strokes>},
    {"jumps", "share of strokes of more than 150 px within 0.2 s", share<Count::jump, Count::strokes>},
    {"closed_strokes", "share of strokes that end where they began", share<Count::closed, Count::strokes>},
    {"strokes_back", "share of strokes that undo the one before", share<Count::back, Count::strokes>},
    {"strokes_again", "share of strokes that do the same as the one before", share<Count::again, Count::strokes>},
    {"same_sizes", "share of strokes that are small and of a size that one of the eight before had", share<Count::same_size, Count::strokes>},
    {"repeated_strokes", "share of strokes that came before, of the same ends, length and duration", share<Count::repeated, Count::repeatable>},
    {"repeats", "strokes that came before, as logarithm", amount<Count::repeated>},
    {"periodic_strokes", "share of strokes that came before, always after the same time", share<Count::repeated_in_period, Count::repeatable>},
    {"gap_mean", "time between the beginnings of strokes, mean of the logarithm", mean<Spread::gap>},
    {"gap_spread", "time between the beginnings of strokes, spread of the logarithm", deviation<Spread::gap>},
    {"gap_skew", "time between the beginnings of strokes, skewness of the logarithm", skewness<Spread::gap>},
    {"gap_order", "how much the times between strokes depend on the ones before", correlation<Joint::stroke_gap>},
    {"same_gaps", "share of strokes that begin after the same time as the one before", share<Count::same_gap, Count::gaps>},
    {"large_strokes", "strokes of 0.4 s and 30 px or more, as logarithm", amount<Count::big>},
    {"straight_lines", "share of large strokes that stay within 1 px of a line", share<Count::line, Count::big>},
    {"steady_strokes", "share of large strokes of constant speed", share<Count::steady, Count::big>},
    {"jerk_mean", "jerkiness of large strokes: third difference by speed, mean of the logarithm", mean<Spread::jerk>},
    {"jerk_spread", "jerkiness of large strokes, spread of the logarithm", deviation<Spread::jerk>},
    {"deviation_mean", "how far large strokes lead off the straight line, mean of the logarithm of px", mean<Spread::deviation>},
    {"deviation_spread", "how far large strokes lead off the straight line, spread", deviation<Spread::deviation>},
    {"straightness_mean", "direct distance by length of the way, mean", mean<Spread::straightness>},
    {"straightness_spread", "direct distance by length of the way, spread", deviation<Spread::straightness>},
    {"peak_mean", "when in a stroke the speed is greatest, 0 to 1, mean", mean<Spread::peak>},
    {"peak_spread", "when in a stroke the speed is greatest, spread", deviation<Spread::peak>},
    {"empty_steps", "share of time within strokes in which nothing moves", mean<Spread::empty>},
    {"peak_speed_mean", "greatest speed by mean speed, mean of the logarithm", mean<Spread::peak_speed>},
    {"peak_speed_spread", "greatest speed by mean speed, spread of the logarithm", deviation<Spread::peak_speed>},
    {"duration_mean", "duration of large strokes, mean of the logarithm", mean<Spread::duration>},
    {"duration_spread", "duration of large strokes, spread of the logarithm", deviation<Spread::duration>},
    {"length_spread", "length of large strokes, spread of the logarithm", deviation<Spread::length>},
    {"length_skew", "length of large strokes, skewness of the logarithm", skewness<Spread::length>},
    {"duration_by_length", "how much longer ways take longer (Fitts), correlation", correlation<Joint::length_duration>},
    {"speed_variation_mean", "variation of speed within a stroke, mean", mean<Spread::speed_variation>},
    {"speed_variation_spread", "variation of speed within a stroke, spread", deviation<Spread::speed_variation>},
    {"turn_mean", "angle between steps of 0.1 s, mean of the logarithm", mean<Spread::turn>},
    {"turn_spread", "angle between steps of 0.1 s, spread of the logarithm", deviation<Spread::turn>},
    {"turn_change_mean", "change of that angle, mean of the logarithm", mean<Spread::turn_change>},
    {"turn_change_spread", "change of that angle, spread of the logarithm", deviation<Spread::turn_change>},
    {"speed_change_mean", "change of speed between steps of 0.1 s, mean", mean<Spread::speed_change>},
    {"speed_change_spread", "change of speed between steps of 0.1 s, spread", deviation<Spread::speed_change>},
    {"dips", "share of steps in which the speed dips, as between the parts of a movement", mean<Spread::dips>},
    {"start_speed_mean", "speed near a stroke's start by its mean speed, mean", mean<Spread::start_speed>},
    {"start_speed_spread", "speed near a stroke's start by its mean speed, spread", deviation<Spread::start_speed>},
    {"end_speed_mean", "speed near a stroke's end by its mean speed, mean", mean<Spread::end_speed>},
    {"end_speed_spread", "speed near a stroke's end by its mean speed, spread", deviation<Spread::end_speed>},
    {"extent", "how far apart the places of an interval lie, logarithm of px", mean<Spread::extent>},
    {"clicks", "presses of buttons, as logarithm", amount<Count::clicks>},
    {"unmoved_clicks", "share of clicks without movement since the one before", share<Count::unmoved, Count::clicks>},
    {"click_gap_mean", "time between clicks, mean of the logarithm", mean<Spread::click_gap>},
    {"click_gap_spread", "time between clicks, spread of the logarithm", deviation<Spread::click_gap>},
    {"same_click_gaps", "share of clicks after the same time as the one before", share<Count::same_click_gap, Count::click_gaps>},
    {"click_hold_mean", "how long buttons are held, mean of the logarithm", mean<Spread::click_hold>},
    {"click_hold_spread", "how long buttons are held, spread of the logarithm", deviation<Spread::click_hold>},
    {"instant_clicks", "share of clicks of less than 10 ms", share<Count::instant_click, Count::clicks>},
    {"drags", "share of clicks with movement while the button is down", share<Count::drags, Count::clicks>},
    {"settle_mean", "time from the end of a movement to the click, mean of the logarithm", mean<Spread::settle>},
    {"settle_spread", "time from the end of a movement to the click, spread of the logarithm", deviation<Spread::settle>},
    {"wheel_turns", "turns of the wheel, as logarithm", amount<Count::notches>},
    {"wheel_gap_mean", "time between turns of the wheel, mean of the logarithm", mean<Spread::notch_gap>},
    {"wheel_gap_spread", "time between turns of the wheel, spread of the logarithm", deviation<Spread::notch_gap>},
    {"same_wheel_gaps", "share of turns of the wheel after the same time as the one before", share<Count::same_notch_gap, Count::notch_gaps>},
    {"wheel_flips", "share of turns of the wheel the other way than the one before", share<Count::flips, Count::notches>},
    {"keys", "key presses, as logarithm", amount<Count::keys>},
    {"rolled_keys", "share of keys that go down before the one before is up", share<Count::rolled, Count::keys>},
    {"rolled_over_two", "share of keys that go down while two others are down", share<Count::rolled_twice, Count::keys>},
    {"quick_rolled", "share of keys within 120 ms of the one before that go down before it is up", share<Count::quick_rolled, Count::quick>},
    {"slow_rolled", "the same of keys 150 to 1000 ms after the one before", share<Count::slow_rolled, Count::slow>},
    {"nested_keys", "share of keys that come up before one that went down earlier", share<Count::nested, Count::holds>},
    {"key_gap_mean", "time between key presses, mean of the logarithm", mean<Spread::key_gap>},
    {"key_gap_spread", "time between key presses, spread of the logarithm", deviation<Spread::key_gap>},
    {"key_gap_skew", "time between key presses, skewness of the logarithm", skewness<Spread::key_gap>},
    {"key_gap_change", "change from one time between key presses to the next, mean of the logarithms' difference", mean<Spread::key_gap_change>},
    {"key_gap_order", "how much times between key presses depend on the ones before, correlation", correlation<Joint::key_gap>},
    {"key_gap_order_two", "the same of the time between the two before", correlation<Joint::key_gap_after_next>},
    {"far_key_gaps", "share of times between key presses twice as long as those of late, or half", share<Count::gap_far, Count::gap_of_mean>},
    {"key_speed_spread", "times between eight key presses each, spread of the logarithm", deviation<Spread::key_speed>},
    {"same_key_gaps", "share of times between key presses that equal the one before to 2 ms and 2%", share<Count::same_key_gap, Count::key_gaps>},
    {"fast_keys", "share of keys within 30 ms of the one before", share<Count::fast_keys, Count::keys>},
    {"repeated_rhythm", "share of keys in a rhythm that came before", share<Count::rhythm_repeated, Count::rhythm>},
    {"rhythm_repeats", "keys in a rhythm that came before, as logarithm", amount<Count::rhythm_repeated>},
    {"key_pauses", "pauses of a second or more in typing, but the first, as logarithm", amount<Count::key_pauses>},
    {"same_key_pauses", "share of those that equal the pause before to 2 ms and 2%", share<Count::same_key_pause, Count::key_pauses>},
    {"key_pause_mean", "pauses of a second or more in typing, mean of the logarithm of ms", mean<Spread::key_pause>},
    {"key_pause_spread", "pauses of a second or more in typing, spread of the logarithm", deviation<Spread::key_pause>},
    {"burst_mean", "keys between such pauses, mean of the logarithm", mean<Spread::burst>},
    {"burst_spread", "keys between such pauses, spread of the logarithm", deviation<Spread::burst>},
    {"key_hold_mean", "how long keys are held, mean of the logarithm", mean<Spread::key_hold>},
    {"key_hold_spread", "how long keys are held, spread of the logarithm", deviation<Spread::key_hold>},
    {"key_hold_skew", "how long keys are held, skewness of the logarithm", skewness<Spread::key_hold>},
    {"rolled_hold_mean", "how long keys are held that went down over another, mean of the logarithm", mean<Spread::rolled_hold>},
    {"hold_change", "change from one hold to the next, mean of the logarithms' difference", mean<Spread::hold_change>},
    {"hold_order", "how much holds depend on the ones before, correlation", correlation<Joint::key_hold>},
    {"hold_by_gap", "how much the next press waits for a longer hold, correlation", correlation<Joint::hold_gap>},
    {"hold_by_own_gap", "how much keys are held longer that come after a longer time, correlation", correlation<Joint::own_gap_hold>},
    {"far_holds", "share of holds 1.5 times as long as those of late, or less than two thirds", share<Count::hold_far, Count::hold_of_mean>},
    {"same_holds", "share of holds that equal the one before to 1 ms", share<Count::same_hold, Count::holds>},
    {"instant_holds", "share of keys held for less than 20 ms", share<Count::instant_hold, Count::holds>},
    {"flights_overlapping", "share of flights (release to next press) of -60 ms or less", share<Count::flight_deep, Count::flights>},
    {"flights_under", "share of flights of -60 to -20 ms", share<Count::flight_under, Count::flights>},
    {"flights_around", "share of flights of -20 to 20 ms", share<Count::flight_around, Count::flights>},
    {"flights_short", "share of flights of 20 to 60 ms", share<Count::flight_short, Count::flights>},
    {"flights_middle", "share of flights of 60 to 150 ms", share<Count::flight_middle, Count::flights>},
    {"flights_long", "share of flights of 150 to 1000 ms", share<Count::flight_long, Count::flights>},
})};
// clang-format on

}  // namespace measure

inline constexpr std::string_view carried_prefix = "carried_";
inline constexpr std::size_t measure_count = measure::all.size();
inline constexpr std::size_t feature_count = 2 * measure_count;

/// The names of those carried, each with a NUL at its end.
inline constexpr auto carried_names = [] {
  std::array<std::array<char, 48>, measure_count> names{};
  for (std::size_t i = 0; i < measure_count; ++i)
    std::ranges::copy(measure::all[i].name, std::ranges::copy(carried_prefix, names[i].begin()).out);
  return names;
}();

/// All features: first those of the interval, then those carried.
inline constexpr auto feature_names = [] {
  std::array<std::string_view, feature_count> names;
  for (std::size_t i = 0; i < measure_count; ++i)
    names[i] = measure::all[i].name, names[measure_count + i] = carried_names[i].data();
  return names;
}();

/// Where a feature stands among all. Throws for no feature's name, which at compile time does not compile.
constexpr std::size_t feature_index(std::string_view name) {
  for (std::size_t i = 0; i < feature_count; ++i)
    if (feature_names[i] == name) return i;
  throw "no feature of this name";
}

using FeatureValues = std::array<float, feature_count>;

/// All features of an interval: `now` is of that interval only, `carried` with what is carried over.
inline FeatureValues feature_values(const Sums& now, const Sums& carried) noexcept {
  FeatureValues values;
  for (std::size_t i = 0; i < measure_count; ++i) {
    values[i] = measure::all[i].of(now);
    values[measure_count + i] = measure::all[i].of(carried);
  }
  return values;
}

}  // namespace activitytrack
