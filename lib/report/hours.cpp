#include "report/hours.hpp"

#include <algorithm>
#include <cmath>

namespace activitytrack {
namespace {

bool near(double a, double b, std::int64_t events) {
  return std::abs(a - b) <= 1e-6 * static_cast<double>(events + 1) + 1e-9 * std::abs(a);
}

bool same_percent(const PercentStats& a, const PercentStats& b, std::int64_t events) {
  return near(a.weighted_sum, b.weighted_sum, events) && near(a.weight_sec, b.weight_sec, events) &&
         a.max.has_value() == b.max.has_value() && near(a.max.value_or(0), b.max.value_or(0), 1);
}

bool same_apps(const Totals& a, const Totals& b) {
  return std::ranges::equal(a.apps, b.apps, [&](const auto& one, const auto& other) {
    return one.first == other.first && one.second.key_count == other.second.key_count &&
           near(one.second.active_sec, other.second.active_sec, a.events);
  });
}

bool same_totals(const Totals& a, const Totals& b) {
  constexpr double Totals::*durations[] = {&Totals::observed_sec, &Totals::active_sec, &Totals::scripted_sec};
  constexpr PercentStats Totals::*percents[] = {&Totals::cpu, &Totals::ram, &Totals::disk};
  return a.events == b.events && a.sums == b.sums &&
         std::ranges::all_of(durations, [&](auto sum) { return near(a.*sum, b.*sum, a.events); }) &&
         std::ranges::all_of(percents, [&](auto stats) { return same_percent(a.*stats, b.*stats, a.events); }) &&
         a.first_activity == b.first_activity && a.last_activity == b.last_activity && same_apps(a, b);
}

}  // namespace

HourKey hour_at(Time time, int offset_min) {
  const std::chrono::minutes offset(offset_min);
  return {std::chrono::floor<std::chrono::hours>(time + offset) - offset, offset_min};
}

HourKey hour_of(const Event& event) { return hour_at(event.timestamp, own_offset_min(event)); }

void Hour::add(const Event& event) {
  totals.add(event);
  first_event = std::min(first_event, event.timestamp);
  if (event.timestamp < last_event) return;
  last_event = event.timestamp;
  timezone = event.timezone;
}

void Hour::merge(const Hour& other) {
  totals.merge(other.totals);
  first_event = std::min(first_event, other.first_event);
  if (other.last_event < last_event) return;
  last_event = other.last_event;
  timezone = other.timezone;
}

bool same_hour(const Hour& hour, std::string_view packed) {
  Hour other;
  if (!merge_packed(other, packed)) return false;
  return hour.first_event == other.first_event && hour.last_event == other.last_event &&
         hour.timezone == other.timezone && same_totals(hour.totals, other.totals);
}

}  // namespace activitytrack
