#include "report/period.hpp"

#include "report/app_bounds.hpp"

#include <algorithm>

namespace activitytrack {
namespace {

constexpr std::chrono::hours whole_hour{1};
constexpr std::chrono::microseconds moment{1};
constexpr std::size_t most_apps_of_period = 5000;

std::vector<DayRow> every_day(Date first, Date last) {
  std::vector<DayRow> days;
  for (std::chrono::sys_days day = first; day <= std::chrono::sys_days(last); day += std::chrono::days(1)) {
    days.push_back({day, {}});
  }
  return days;
}

}  // namespace

Result<PeriodBuilder> PeriodBuilder::make(const std::string& machine_id, const PeriodQuery& query,
                                          const std::string& zone_before) {
  PeriodBuilder builder;
  if (!query.zone.empty()) {
    auto zone = WallClock::in_zone(query.zone);
    if (!zone) return zone.error();
    builder.zone_ = std::move(*zone);
  }
  builder.zone_before_ = zone_before;
  auto& report = builder.report_;
  report.machine_id = machine_id;
  report.first = query.first;
  report.last = query.last;
  report.days = every_day(query.first, query.last);
  return builder;
}

TimeRange PeriodBuilder::hours_needed() const {
  if (!zone_) return {day_anywhere(report_.first).start, day_anywhere(report_.last).end};
  return {zone_->day(report_.first).start - whole_hour + moment, zone_->day(report_.last).end};
}

Totals* PeriodBuilder::day_at(Time time, int offset_min) {
  const auto index = std::chrono::floor<std::chrono::days>(time + std::chrono::minutes(offset_min)) -
                     std::chrono::sys_days(report_.first);
  const bool within = index.count() >= 0 && index.count() < std::ssize(report_.days);
  return within ? &report_.days[static_cast<std::size_t>(index.count())].totals : nullptr;
}

std::optional<Totals*> PeriodBuilder::day_of(const HourKey& key) {
  Totals* day = day_at(key.start, zone_ ? zone_->offset_min(key.start) : key.offset_min);
  if (zone_) {
    const Time last = key.start + whole_hour - moment;
    if (day != day_at(last, zone_->offset_min(last))) return std::nullopt;
  }
  return day;
}

/// Days keep more than is shown of them, because what the period adds up to is made of them.
void PeriodBuilder::bound(Totals& day) const {
  constexpr std::size_t most_of_all_days = 100'000, least = 50;
  const std::size_t count = std::clamp(most_of_all_days / report_.days.size(), least, most_apps_of_period);
  if (day.apps.size() > 2 * count) keep_top_apps(day, count);
}

void PeriodBuilder::note_added(const HourKey& key, Totals& day, std::string_view timezone, Time last_event) {
  bound(day);
  last_ = {std::string(timezone), key.offset_min, last_event};
  if (!first_) first_ = last_;
}

void PeriodBuilder::add(const Event& event) {
  Totals* day = day_at(event.timestamp, zone_->offset_min(event.timestamp));
  if (!day) return;
  day->add(event);
  bound(*day);
}

WallClock PeriodBuilder::clock_at_end(const std::optional<HourClock>& hour) const {
  if (zone_) return *zone_;
  if (!hour) return WallClock::in_zone(zone_before_).value_or(WallClock::fixed(0));
  return WallClock::showing(hour->timezone, hour->offset_min, hour->last_event);
}

PeriodReport PeriodBuilder::take() {
  const WallClock first = clock_at_end(first_), last = clock_at_end(last_);
  report_.timezone = last.name();
  report_.range = {first.day(report_.first).start, last.day(report_.last).end};
  for (const DayRow& day : report_.days) report_.totals.merge(day.totals);
  keep_top_apps(report_.totals, most_apps_of_period);
  return std::move(report_);
}

}  // namespace activitytrack
