#include "server/events/hours.hpp"

#include "report/app_bounds.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <tuple>

// The layout. Numbers are LEB128 varints, signed ones zigzag; text is its length and its bytes; a time is microseconds
// since 1970, seconds are counted in microseconds, percentages and their products with seconds in millionths.
//
//   1, or 2 (1 byte)
//   first_event, last_event less first_event, timezone
//   events
//   after 1: the first 7 sums of summed_fields; after 2: the number of sums, and those
//   observed, active, scripted
//   0, or 1 and first_activity, last_activity less first_activity
//   for each of cpu, ram, disk:  0, or 1 and weighted sum, weight, max
//   number of applications; for each: name, active, key_count; the name is empty for those that bound_apps() joins
//
// summed_fields only ever grows at its end. So a row with fewer sums is older, and reads with 0 for the others; one
// with more is newer, and is not touched.

namespace activitytrack::server {
namespace {

constexpr char seven_sums = 1, counted_sums = 2;
constexpr std::size_t sums_of_layout_1 = 7;

// Unsigned, so that bytes that make no sense may overflow.
std::uint64_t count_of(Time time) { return static_cast<std::uint64_t>(time.time_since_epoch().count()); }
std::int64_t wrapped(std::uint64_t count) { return static_cast<std::int64_t>(count); }

class ByteWriter {
 public:
  void byte(char value) { bytes_ += value; }

  /// LEB128 of the zigzag: small magnitudes, of either sign, are short.
  void number(std::int64_t value) {
    auto rest = (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
    for (; rest >= 0x80; rest >>= 7) bytes_ += static_cast<char>(rest | 0x80);
    bytes_ += static_cast<char>(rest);
  }
  void millionths(double value) { number(std::llround(value * 1e6)); }
  void time(Time value) { number(value.time_since_epoch().count()); }
  void time_after(Time base, Time value) { number(wrapped(count_of(value) - count_of(base))); }
  void text(std::string_view value) {
    number(static_cast<std::int64_t>(value.size()));
    bytes_ += value;
  }

  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

/// Past the end, or where the bytes make no sense, everything reads as 0 and good() is false.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : left_(bytes) {}

  char byte() {
    if (left_.empty()) return fail(), '\0';
    const char value = left_.front();
    left_.remove_prefix(1);
    return value;
  }
  std::int64_t number() {
    std::uint64_t value = 0;
    const std::size_t most = std::min<std::size_t>(left_.size(), longest_number);
    for (std::size_t i = 0; i < most; ++i) {
      const auto next = static_cast<unsigned char>(left_[i]);
      value |= static_cast<std::uint64_t>(next & 0x7f) << (7 * i);
      if (next >= 0x80) continue;
      left_.remove_prefix(i + 1);
      return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
    }
    fail();
    return 0;
  }
  double millionths() { return static_cast<double>(number()) / 1e6; }
  Time time() { return Time(std::chrono::microseconds(number())); }
  Time time_after(Time base) {
    return Time(std::chrono::microseconds(wrapped(count_of(base) + static_cast<std::uint64_t>(number()))));
  }
  std::string_view text() {
    const auto size = number();
    if (size < 0 || static_cast<std::uint64_t>(size) > left_.size()) return fail(), std::string_view();
    const auto value = left_.substr(0, static_cast<std::size_t>(size));
    left_.remove_prefix(value.size());
    return value;
  }

  bool good() const { return good_; }
  bool at_end() const { return left_.empty(); }

 private:
  static constexpr std::size_t longest_number = 10;

  void fail() {
    good_ = false;
    left_ = {};
  }

  std::string_view left_;
  bool good_ = true;
};

constexpr double Totals::*durations[] = {&Totals::observed_sec, &Totals::active_sec, &Totals::scripted_sec};
constexpr Totals::Percent Totals::*percents[] = {&Totals::cpu, &Totals::ram, &Totals::disk};

void put_percent(ByteWriter& to, const Totals::Percent& stats) {
  to.number(stats.max.has_value());
  if (!stats.max) return;
  to.millionths(stats.weighted_sum);
  to.millionths(stats.weight_sec);
  to.millionths(*stats.max);
}

void merge_percent(ByteReader& from, Totals::Percent& stats) {
  if (!from.number()) return;
  Totals::Percent part;
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

void put_totals(ByteWriter& to, const Totals& totals, std::size_t sums) {
  to.number(totals.events);
  if (sums != sums_of_layout_1) to.number(static_cast<std::int64_t>(sums));
  for (std::size_t i = 0; i < sums; ++i) to.number(totals.sums[i]);
  for (const auto duration : durations) to.millionths(totals.*duration);
  put_activity(to, totals);
  for (const auto percent : percents) put_percent(to, totals.*percent);
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
    if (place == totals.apps.end()) place = totals.apps.emplace(name, Totals::App{}).first;
    place->second.active_sec += from.millionths();
    add_to(place->second.key_count, from.number());
  }
}

Error damaged() {
  return {ErrorCode::corrupt, "database: hours.totals is damaged: run activitytrack-server rebuild-hours"};
}

Error newer() {
  return {ErrorCode::unsupported, "database: a newer activitytrack-server wrote hours.totals: run that one"};
}

/// What stands before the totals, and the layout that they are in.
struct Head {
  char layout = 0;
  Time first_event, last_event;
  std::string_view timezone;
};

Result<Head> read_head(ByteReader& from) {
  Head head;
  head.layout = from.byte();
  if (head.layout > counted_sums) return newer();
  if (head.layout < seven_sums) return damaged();
  head.first_event = from.time();
  head.last_event = from.time_after(head.first_event);
  head.timezone = from.text();
  return head;
}

/// How many sums follow.
Result<std::size_t> read_sum_count(ByteReader& from, char layout) {
  const std::int64_t sums = layout == seven_sums ? std::int64_t{sums_of_layout_1} : from.number();
  if (sums < 0) return damaged();
  if (static_cast<std::uint64_t>(sums) > summed_fields.size()) return newer();
  return static_cast<std::size_t>(sums);
}

Result<void> merge_totals(ByteReader& from, char layout, Totals& totals) {
  add_to(totals.events, from.number());
  const auto sums = read_sum_count(from, layout);
  if (!sums) return sums.error();
  for (std::size_t i = 0; i < *sums; ++i) add_to(totals.sums[i], from.number());
  for (const auto duration : durations) totals.*duration += from.millionths();
  merge_activity(from, totals);
  for (const auto percent : percents) merge_percent(from, totals.*percent);
  merge_apps(from, totals);
  if (!from.good() || !from.at_end()) return damaged();
  return {};
}

bool near(double a, double b, std::int64_t events) {
  return std::abs(a - b) <= 1e-6 * static_cast<double>(events + 1) + 1e-9 * std::abs(a);
}

bool same_percent(const Totals::Percent& a, const Totals::Percent& b, std::int64_t events) {
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
  return std::tie(a.events, a.sums, a.first_activity, a.last_activity) ==
             std::tie(b.events, b.sums, b.first_activity, b.last_activity) &&
         std::ranges::all_of(durations, [&](auto sum) { return near(a.*sum, b.*sum, a.events); }) &&
         std::ranges::all_of(percents, [&](auto stats) { return same_percent(a.*stats, b.*stats, a.events); }) &&
         same_apps(a, b);
}

}  // namespace

std::string pack_hour(const Hour& hour, std::size_t sums) {
  if (!has_bounded_apps(hour.totals)) {
    Hour cut = hour;
    bound_apps(cut.totals);
    return pack_hour(cut, sums);
  }
  ByteWriter to;
  to.byte(sums == sums_of_layout_1 ? seven_sums : counted_sums);
  to.time(hour.first_event);
  to.time_after(hour.first_event, hour.last_event);
  to.text(hour.timezone);
  put_totals(to, hour.totals, sums);
  return to.take();
}

Result<void> merge_packed(Hour& hour, std::string_view packed) {
  ByteReader from(packed);
  const auto head = read_head(from);
  if (!head) return head.error();
  hour.first_event = std::min(hour.first_event, head->first_event);
  if (head->last_event >= hour.last_event) {
    hour.last_event = head->last_event;
    hour.timezone = head->timezone;
  }
  return merge_totals(from, head->layout, hour.totals);
}

Result<HourEnd> merge_packed(Totals& totals, std::string_view packed) {
  ByteReader from(packed);
  const auto head = read_head(from);
  if (!head) return head.error();
  if (auto merged = merge_totals(from, head->layout, totals); !merged) return merged.error();
  return HourEnd{head->timezone, head->last_event};
}

Result<HourTimes> read_times(std::string_view packed) {
  ByteReader from(packed);
  const auto head = read_head(from);
  if (!head) return head.error();
  from.number();  // of events
  const auto sums = read_sum_count(from, head->layout);
  if (!sums) return sums.error();
  for (std::size_t i = 0; i < *sums; ++i) from.number();
  HourTimes times;
  for (double* seconds : {&times.observed, &times.active, &times.scripted}) *seconds = from.millionths();
  return from.good() ? Result<HourTimes>(times) : damaged();
}

bool same_hour(Hour hour, std::string_view packed) {
  Hour other;
  if (!merge_packed(other, packed)) return false;
  bound_apps(hour.totals);
  bound_apps(other.totals);  // an older program did not
  return hour.first_event == other.first_event && hour.last_event == other.last_event &&
         hour.timezone == other.timezone && same_totals(hour.totals, other.totals);
}

}  // namespace activitytrack::server
