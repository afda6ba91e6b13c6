#include "report/minutes.hpp"

#include "report/hours.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace activitytrack {
namespace {

using namespace std::chrono_literals;
using std::chrono::microseconds;
using std::chrono::seconds;

constexpr std::array steps{1s, 2s, 5s, 10s, 15s, 30s, 60s, 120s, 300s, 600s, 900s, 1800s, 3600s};
constexpr auto longest_day = 26h;

double seconds_of(microseconds time) { return std::chrono::duration<double>(time).count(); }

template <class Better>
void keep(std::optional<double>& kept, const std::optional<double>& value, Better better) {
  if (value && (!kept || better(*value, *kept))) kept = value;
}

/// What of `count` comes by the share `until` of the event, less what came by `from`: so that the parts add up to it.
std::int64_t part_of(std::int64_t count, double from, double until) {
  const auto by = [&](double share) { return std::llround(static_cast<double>(count) * share); };
  return by(until) - by(from);
}

/// The name that was on for longest; null for none.
const std::string* longest(const std::map<std::string, double, std::less<>>& names) {
  const auto found = std::ranges::max_element(names, {}, [](const auto& name) { return name.second; });
  return found == names.end() ? nullptr : &found->first;
}

int number_of(const std::string& name, MinuteColumns::Names& names, std::map<std::string, int, std::less<>>& numbers) {
  const auto [place, is_new] = numbers.try_emplace(name, static_cast<int>(names.names.size()));
  if (is_new) names.names.push_back(name);
  return place->second;
}

void add_seconds(std::map<std::string, double, std::less<>>& names, const std::string& name, double more) {
  const auto found = names.find(name);
  if (found != names.end()) {
    found->second += more;
  } else {
    names.emplace(name, more);
  }
}

}  // namespace

seconds minutes_step(TimeRange range, std::size_t points, seconds interval) {
  const auto fits = [&](seconds step) { return (range.end - range.start + step - 1us) / step <= std::int64_t(points); };
  const auto found = std::ranges::find_if(steps, [&](seconds step) { return step >= interval && fits(step); });
  const seconds step = found == steps.end() ? steps.back() : *found;
  return range.end - range.start <= longest_day && interval == 60s ? std::min<seconds>(step, 60s) : step;
}

seconds usual_interval(const std::vector<Event>& events) {
  std::map<std::int64_t, int> lengths;
  for (const Event& event : events) ++lengths[std::max<std::int64_t>(1, std::llround(event.interval_sec))];
  if (lengths.empty()) return 60s;
  return seconds(std::ranges::max_element(lengths, {}, [](const auto& length) { return length.second; })->first);
}

MinuteColumns::MinuteColumns(TimeRange range, seconds step, bool with_titles)
    : range_(range), step_(step), with_titles_(with_titles) {
  const auto size = static_cast<std::size_t>((range.end - range.start + step_ - 1us) / step_);
  for (auto* column : {&observed_sec, &active_sec, &scripted_sec}) column->resize(size);
  for (auto& column : counts) column.resize(size);
  for (auto* column : {&cpu_percent, &ram_used_percent, &genuine_score}) column->resize(size);
  apps.of_step.resize(size, -1);
  if (with_titles) titles.of_step.resize(size, -1);
}

void MinuteColumns::add_step(const Event& event, std::size_t step, double share, double length) {
  observed_sec[step] += length;
  active_sec[step] += event.active_sec * share;
  if (event.input_verdict == Verdict::scripted) scripted_sec[step] += length;
  keep(cpu_percent[step], event.cpu_percent, std::greater());
  keep(ram_used_percent[step], event.ram_used_percent, std::greater());
  keep(genuine_score[step], event.genuine_score, std::less());
  add_names(event, step, event.input_verdict == Verdict::scripted ? length : event.active_sec * share);
}

void MinuteColumns::add_names(const Event& event, std::size_t step, double length) {
  if (step != open_step_) {
    close_names();
    open_step_ = step;
  }
  if (length <= 0 || event.active_app.empty()) return;
  add_seconds(open_apps_, event.active_app, length);
  if (with_titles_) add_seconds(open_titles_, event.active_window, length);
}

void MinuteColumns::close_names() {
  if (const auto* app = longest(open_apps_)) apps.of_step[open_step_] = number_of(*app, apps, app_numbers_);
  if (const auto* title = longest(open_titles_)) titles.of_step[open_step_] = number_of(*title, titles, title_numbers_);
  open_apps_.clear();
  open_titles_.clear();
}

void MinuteColumns::note_zone(const Event& event) {
  const int offset = own_offset_min(event);
  const bool is_same = !zones.empty() && zones.back().offset_min == offset &&
                       (zones.back().timezone == event.timezone || event.timezone.empty());
  if (is_same || zones.size() == most_zones) return;
  zones.push_back({zones.empty() ? range_.start : event.timestamp, event.timezone, offset});
}

void MinuteColumns::note_scripted(const Event& event) {
  if (event.input_verdict != Verdict::scripted && event.input_verdict != Verdict::mixed) return;
  const Time end = event.timestamp + microseconds(std::llround(event.interval_sec * 1e6));
  constexpr auto follows_within = 1s;
  if (scripted.empty() || event.timestamp > scripted.back().time.end + follows_within) {
    if (scripted.size() == most_scripted) return;
    scripted.push_back({.time = {event.timestamp, end}, .first_event = event.timestamp, .score = {}, .reasons = {}});
  }
  Scripted& stretch = scripted.back();
  stretch.time.end = std::max(stretch.time.end, end);
  if (event.input_verdict == Verdict::scripted) stretch.scripted_sec += event.interval_sec;
  keep(stretch.score, event.genuine_score, std::less());
  add_to(stretch.count, event.scripted_count);
  constexpr std::size_t most_reasons = 32;
  for (const std::string& reason : event.scripted_reasons) {
    if (stretch.reasons.size() < most_reasons && std::ranges::count(stretch.reasons, reason) == 0)
      stretch.reasons.push_back(reason);
  }
}

void MinuteColumns::add(const Event& event) {
  if (size() == 0) return;
  note_zone(event);
  note_scripted(event);
  const auto length = microseconds(std::llround(event.interval_sec * 1e6));
  const auto at = event.timestamp - range_.start;
  const auto last = static_cast<std::int64_t>(size()) - 1;
  std::int64_t step = std::clamp<std::int64_t>(at / step_, 0, last);
  double done = 0;
  while (true) {
    const auto step_end = (step + 1) * step_;
    const bool is_last = step == last || at + length <= step_end;
    const double until = is_last ? 1 : seconds_of(step_end - at) / event.interval_sec;
    const auto index = static_cast<std::size_t>(step);
    add_step(event, index, until - done, (until - done) * event.interval_sec);
    for (std::size_t i = 0; i < count_columns; ++i)
      add_to(counts[i][index], part_of(event.*summed_fields[i].field, done, until));
    if (is_last) return;
    done = until;
    ++step;
  }
}

void MinuteColumns::finish() { close_names(); }

}  // namespace activitytrack
