#include <activitytrack/report/summary.hpp>

#include "report/app_bounds.hpp"
#include "report/hours.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace activitytrack {
namespace {

void add_if(Totals::Percent& stats, const std::optional<double>& percent, double seconds) {
  if (percent) stats.add(*percent, seconds);
}

template <class T>
void widen_down(std::optional<T>& least, const std::optional<T>& other) {
  if (other && (!least || *other < *least)) least = other;
}

template <class T>
void widen_up(std::optional<T>& greatest, const std::optional<T>& other) {
  if (other && (!greatest || *other > *greatest)) greatest = other;
}

Time end_of(const Event& event) {
  return event.timestamp + std::chrono::microseconds(std::llround(event.interval_sec * 1e6));
}

}  // namespace

void Totals::Percent::add(double percent, double seconds) {
  weighted_sum += percent * seconds;
  weight_sec += seconds;
  widen_up(max, std::optional(percent));
}

void Totals::Percent::merge(const Totals::Percent& other) {
  weighted_sum += other.weighted_sum;
  weight_sec += other.weight_sec;
  widen_up(max, other.max);
}

std::optional<double> Totals::Percent::mean() const {
  // An interval of no length still has a reading.
  if (weight_sec <= 0) return max;
  return weighted_sum / weight_sec;
}

void Totals::add(const Event& event) {
  ++events;
  for (const SummedField& row : summed_fields) add_to(sum(row), event.*row.field);
  observed_sec += event.interval_sec;
  active_sec += event.active_sec;
  if (event.input_verdict == Verdict::scripted) scripted_sec += event.interval_sec;
  if (!event.is_idle) {
    widen_down(first_activity, std::optional(event.timestamp));
    widen_up(last_activity, std::optional(end_of(event)));
  }
  add_if(cpu, event.cpu_percent, event.interval_sec);
  add_if(ram, event.ram_used_percent, event.interval_sec);
  add_if(disk, event.disk_used_percent, event.interval_sec);
  if (!event.active_app.empty() && (event.active_sec > 0 || event.key_count > 0)) {
    Totals::App& app = apps[event.active_app];
    app.active_sec += event.active_sec;
    add_to(app.key_count, event.key_count);
  }
}

void Totals::merge(const Totals& other) {
  add_to(events, other.events);
  for (const SummedField& row : summed_fields) add_to(sum(row), other.sum(row));
  observed_sec += other.observed_sec;
  active_sec += other.active_sec;
  scripted_sec += other.scripted_sec;
  widen_down(first_activity, other.first_activity);
  widen_up(last_activity, other.last_activity);
  cpu.merge(other.cpu);
  ram.merge(other.ram);
  disk.merge(other.disk);
  for (const auto& [name, app] : other.apps) {
    apps[name].active_sec += app.active_sec;
    add_to(apps[name].key_count, app.key_count);
  }
}

bool is_more_active(const NamedApp& a, const NamedApp& b) {
  // Of seconds only what is shown decides, for sums differ in their last digits with the order in which they were made.
  const auto shown = [](const NamedApp& app) { return std::llround(app.second.active_sec * 1000); };
  return std::tuple(-shown(a), -a.second.key_count, std::string_view(a.first)) <
         std::tuple(-shown(b), -b.second.key_count, std::string_view(b.first));
}

std::vector<AppRow> top_apps(const Totals& totals, std::size_t count) {
  std::vector<const NamedApp*> apps;
  const NamedApp* rest = nullptr;
  for (const NamedApp& app : totals.apps) app.first == other_apps ? void(rest = &app) : apps.push_back(&app);
  const std::size_t named = std::min(apps.size(), count - (rest && count > 0 ? 1 : 0));
  const auto end = apps.begin() + static_cast<std::ptrdiff_t>(named);
  std::ranges::partial_sort(apps, end, [](auto* a, auto* b) { return is_more_active(*a, *b); });
  std::vector<AppRow> rows;
  for (auto app = apps.begin(); app != end; ++app) rows.push_back({(*app)->first, (*app)->second});
  if (rest && count > 0) rows.push_back({"others", rest->second, true});
  return rows;
}

}  // namespace activitytrack
