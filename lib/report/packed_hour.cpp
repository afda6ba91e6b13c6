#include "report/hours.hpp"

#include "report/byte_stream.hpp"
#include "report/saturating.hpp"

// The layout; its version grows with summed_fields. Numbers are LEB128 varints, signed ones zigzag; text is its length
// and its bytes; a time is microseconds since 1970, seconds are counted in microseconds, percentages and their products
// with seconds in millionths.
//
//   version (1 byte)
//   first_event, last_event less first_event, timezone
//   events, the sums of summed_fields
//   observed, active, scripted
//   0, or 1 and first_activity, last_activity less first_activity
//   for each of cpu, ram, disk:  0, or 1 and weighted sum, weight, max
//   number of applications; for each: name, active, key_count

namespace activitytrack {
namespace {

/// Rows are only ever added to summed_fields, at its end, and each makes a version: the first had 7.
constexpr std::size_t sums_before_versions = 6;
constexpr auto layout_version = static_cast<char>(summed_fields.size() - sums_before_versions);

void put_percent(ByteWriter& to, const PercentStats& stats) {
  to.number(stats.max.has_value());
  if (!stats.max) return;
  to.millionths(stats.weighted_sum);
  to.millionths(stats.weight_sec);
  to.millionths(*stats.max);
}

void merge_percent(ByteReader& from, PercentStats& stats) {
  if (!from.number()) return;
  PercentStats part;
  part.weighted_sum = from.millionths();
  part.weight_sec = from.millionths();
  part.max = from.millionths();
  stats.merge(part);
}

void put_activity(ByteWriter& to, const Totals& totals) {
  to.number(totals.first_activity.has_value());
  if (!totals.first_activity) return;
  to.time(*totals.first_activity);
  to.time_after(*totals.first_activity, *totals.last_activity);
}

void merge_activity(ByteReader& from, Totals& totals) {
  if (!from.number()) return;
  const Time first = from.time();
  const Time last = from.time_after(first);
  totals.first_activity = std::min(totals.first_activity.value_or(first), first);
  totals.last_activity = std::max(totals.last_activity.value_or(last), last);
}

constexpr double Totals::*durations[] = {&Totals::observed_sec, &Totals::active_sec, &Totals::scripted_sec};

void put_totals(ByteWriter& to, const Totals& totals) {
  to.number(totals.events);
  for (const std::int64_t sum : totals.sums) to.number(sum);
  for (const auto duration : durations) to.millionths(totals.*duration);
  put_activity(to, totals);
  for (const auto* percent : {&totals.cpu, &totals.ram, &totals.disk}) put_percent(to, *percent);
  to.number(static_cast<std::int64_t>(totals.apps.size()));
  for (const auto& [name, app] : totals.apps) {
    to.text(name);
    to.millionths(app.active_sec);
    to.number(app.key_count);
  }
}

void merge_apps(ByteReader& from, Totals& totals) {
  for (auto left = from.number(); left > 0 && from.good(); --left) {
    const std::string_view name = from.text();
    auto place = totals.apps.find(name);
    if (place == totals.apps.end()) place = totals.apps.emplace(name, AppTotals{}).first;
    place->second.active_sec += from.millionths();
    add_to(place->second.key_count, from.number());
  }
}

bool merge_totals(ByteReader& from, char version, Totals& totals) {
  add_to(totals.events, from.number());
  for (std::size_t i = 0; i < sums_before_versions + static_cast<std::size_t>(version); ++i)
    add_to(totals.sums[i], from.number());
  for (const auto duration : durations) totals.*duration += from.millionths();
  merge_activity(from, totals);
  for (auto* percent : {&totals.cpu, &totals.ram, &totals.disk}) merge_percent(from, *percent);
  merge_apps(from, totals);
  return from.good() && from.at_end();
}

}  // namespace

std::string pack_hour(const Hour& hour) {
  ByteWriter to;
  to.byte(layout_version);
  to.time(hour.first_event);
  to.time_after(hour.first_event, hour.last_event);
  to.text(hour.timezone);
  put_totals(to, hour.totals);
  return to.take();
}

bool merge_packed(Hour& hour, std::string_view packed) {
  ByteReader from(packed);
  const char version = from.byte();
  if (version < 1 || version > layout_version) return false;
  const Time first = from.time();
  const Time last = from.time_after(first);
  const std::string_view timezone = from.text();
  hour.first_event = std::min(hour.first_event, first);
  if (last >= hour.last_event) {
    hour.last_event = last;
    hour.timezone = timezone;
  }
  return merge_totals(from, version, hour.totals);
}

bool merge_packed(Totals& totals, std::string_view packed) {
  ByteReader from(packed);
  const char version = from.byte();
  if (version < 1 || version > layout_version) return false;
  from.time();
  from.number();
  from.text();
  return merge_totals(from, version, totals);
}

}  // namespace activitytrack
