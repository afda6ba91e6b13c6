#include "input/typing.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace activitytrack {
namespace {

constexpr std::size_t seed = 6;  // fewer come again by chance
constexpr std::size_t search_every = 4;
constexpr int miss = 4;  // a time that does not fit is worth as many that do
constexpr int longest_run = 40;

constexpr float pause_ms = 1000;  ///< a longer gap is a pause for thought, not typing
constexpr float alone_ms = 400;
constexpr std::int64_t long_held_us = 1'000'000;
constexpr float far_hold = 0.405F;  ///< logarithm of 1.5

struct FlightClass {
  float below_ms;
  Count count;
};

constexpr FlightClass flight_classes[] = {{-60, Count::flight_deep},   {-20, Count::flight_under},
                                          {20, Count::flight_around},  {60, Count::flight_short},
                                          {150, Count::flight_middle}, {pause_ms, Count::flight_long}};

/// Whether a key goes down over the one before, by how soon it comes: hands do it the more the faster they
/// are.
void measure_rolling(float ms, bool rolled, Sums& sums) noexcept {
  const bool quick = ms <= 120;
  if (ms >= pause_ms || (!quick && ms < 150)) return;
  sums.add(quick ? Count::quick : Count::slow);
  if (rolled) sums.add(quick ? Count::quick_rolled : Count::slow_rolled);
}

}  // namespace

/// A player's timer, or noise that was added, puts times off by some milliseconds.
bool RhythmMemory::same(float a, float b) const noexcept { return std::abs(a - b) <= 12 + b / 32; }

bool RhythmMemory::add(float ms) noexcept {
  times_[next_] = static_cast<std::uint16_t>(std::clamp(ms * unit, 0.0F, 65535.0F));
  next_ = (next_ + 1) % remembered;
  filled_ = std::min(filled_ + 1, remembered);
  const bool goes_on = lag_ > 0 && lag_ < filled_ && same(ms, back(lag_));
  run_ = std::max(0, goes_on ? std::min(run_ + 1, longest_run) : run_ - miss);
  if (run_ == 0) lag_ = 0;
  if (lag_ == 0 && next_ % search_every == 0) look_for_run();
  return goes_on && run_ >= least_run;
}

void RhythmMemory::look_for_run() noexcept {
  for (std::size_t lag = 1; lag + seed <= filled_; ++lag) {
    std::size_t n = 0;
    while (n < seed && same(back(n), back(lag + n))) ++n;
    if (n < seed) continue;
    lag_ = lag, run_ = int(seed);
    return;
  }
}

bool Typing::press(std::int64_t us, std::uint16_t slot, Sums& sums) noexcept {
  sums.add(Count::keys);
  const int down = held_down(us, presses_ + 1);
  if (down > 0) sums.add(Count::rolled);
  if (down > 1) sums.add(Count::rolled_twice);
  const Beat::Gap gap = beat_.strike(us, 2);
  const bool repeated = gap.ms > 0 && measure_gap(gap.ms, sums);
  if (gap.ms > 0) measure_rolling(gap.ms, down > 0, sums);
  if (gap.after_gap && gap.ms < pause_ms) sums.add(Count::key_gaps);
  if (gap.same && gap.ms < pause_ms) sums.add(Count::same_key_gap);
  // The release before this press, if there was none later, ended a flight.
  if (presses_ > 0 && released_ == presses_) measure_flight(float(us - last_release_) / 1e3F, sums);
  ++presses_;
  last_press_ = us;
  if (slot < max_slots) held_[slot] = {us, presses_, down > 0, log_gap_};
  return repeated || gap.same || gap.ms == 0 || gap.ms > alone_ms;
}

/// Keys that are down of those before press number `before`. One that is long down is a modifier, or its
/// release was lost: it says nothing of how fingers follow each other.
int Typing::held_down(std::int64_t us, std::uint32_t before) const noexcept {
  return int(std::ranges::count_if(
      held_, [&](const Held& h) { return h.number != not_held && h.number < before && us - h.since < long_held_us; }));
}

bool Typing::measure_gap(float ms, Sums& sums) noexcept {
  if (ms >= pause_ms) {
    sums.add(Spread::key_pause, std::log(ms));
    if (pause_before_ms_ > 0) sums.add(Count::key_pauses);
    if (std::abs(ms - pause_before_ms_) <= 2 + 0.02F * ms) sums.add(Count::same_key_pause);
    pause_before_ms_ = ms;
    if (burst_ > 0) sums.add(Spread::burst, std::log(float(burst_)));
    burst_ = 0, log_gap_ = gap_before_ = 0;
    return false;
  }
  ++burst_;
  const float log_gap = std::log(ms + 1);
  sums.add(Spread::key_gap, log_gap);
  measure_order(log_gap, sums);
  if (ms < 30) sums.add(Count::fast_keys);
  const bool repeated = rhythm_.add(ms);
  sums.add(Count::rhythm);
  if (repeated) sums.add(Count::rhythm_repeated);
  return repeated;
}

/// How it goes with those before it.
void Typing::measure_order(float log_gap, Sums& sums) noexcept {
  if (log_gap_ > 0) {
    sums.add(Spread::key_gap_change, std::abs(log_gap - log_gap_));
    sums.add(Joint::key_gap, log_gap_, log_gap);
  }
  if (gap_before_ > 0) sums.add(Joint::key_gap_after_next, gap_before_, log_gap);
  if (log_hold_ > 0) sums.add(Joint::hold_gap, log_hold_, log_gap);
  if (gaps_.known()) {
    sums.add(Count::gap_of_mean);
    if (std::abs(log_gap - gaps_.mean) > std::numbers::ln2_v<float>) sums.add(Count::gap_far);
  }
  gaps_.add(log_gap);
  if (burst_ % 8 == 0 && gaps_.known()) sums.add(Spread::key_speed, gaps_.mean);
  gap_before_ = log_gap_;
  log_gap_ = log_gap;
}

void Typing::measure_flight(float ms, Sums& sums) noexcept {
  if (ms >= pause_ms) return;
  sums.add(Count::flights);
  for (const FlightClass& each : flight_classes) {
    if (ms < each.below_ms) return sums.add(each.count);
  }
}

void Typing::release(std::int64_t us, std::uint16_t slot, Sums& sums) noexcept {
  if (slot >= max_slots || held_[slot].number == not_held) return;
  const Held held = held_[slot];
  held_[slot] = {};
  sums.add(Count::holds);
  if (us - held.since < long_held_us) measure_hold(float(us - held.since) / 1e3F, held, sums);
  if (held.number + 1 == presses_) measure_flight(-float(us - last_press_) / 1e3F, sums);
  if (held_down(us, held.number) > 0) sums.add(Count::nested);
  released_ = held.number, last_release_ = us;
}

void Typing::measure_hold(float ms, const Held& held, Sums& sums) noexcept {
  const float log_hold = std::log(ms + 1);
  sums.add(Spread::key_hold, log_hold);
  if (held.rolled) sums.add(Spread::rolled_hold, log_hold);
  if (held.log_gap > 0) sums.add(Joint::own_gap_hold, held.log_gap, log_hold);
  if (holds_.known()) {
    sums.add(Count::hold_of_mean);
    if (std::abs(log_hold - holds_.mean) > far_hold) sums.add(Count::hold_far);
  }
  holds_.add(log_hold);
  if (ms < 20) sums.add(Count::instant_hold);
  if (log_hold_ > 0) {
    sums.add(Spread::hold_change, std::abs(log_hold - log_hold_));
    sums.add(Joint::key_hold, log_hold_, log_hold);
    if (std::abs(std::exp(log_hold_) - std::exp(log_hold)) < 1) sums.add(Count::same_hold);
  }
  log_hold_ = log_hold;
}

}  // namespace activitytrack
