#include "core/json_writer.hpp"
#include "report/period.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/events/hours.hpp"

#include <algorithm>
#include <array>
#include <cmath>

// A machine's week, month or year, as columns: what one page shows of it.

namespace activitytrack::server {
namespace {

using std::chrono::sys_days;

constexpr std::size_t shown_apps = 50, day_apps = 5;
constexpr std::chrono::days app_days{28};
constexpr std::size_t hours_of_week = 7 * 24;

/// Seconds of each hour of the week, Monday's first, and on how many days of each weekday there was anything.
struct WeekdayHours {
  std::array<double, hours_of_week> observed{}, active{}, scripted{};
  std::array<int, 7> days{};
};

std::size_t weekday_of(sys_days day) { return std::chrono::weekday(day).iso_encoding() - 1; }

/// Hours are where they begin on the clock, also where its hours are cut by half past.
Result<WeekdayHours> read_weekdays(StoreReader& reader, const std::string& machine_id, const PeriodReport& period,
                                   const std::optional<WallClock>& zone) {
  WeekdayHours week;
  Result<void> good;
  const auto each = [&](const HourKey& key, std::string_view packed) {
    const auto local = key.start + std::chrono::minutes(zone ? zone->offset_min(key.start) : key.offset_min);
    const auto day = std::chrono::floor<std::chrono::days>(local);
    if (day < sys_days(period.first) || day > sys_days(period.last)) return;
    const auto times = server::read_times(packed);
    if (!times) good = times.error();
    if (!times) return;
    const auto hour = std::chrono::floor<std::chrono::hours>(local - day).count();
    const std::size_t index = weekday_of(day) * 24 + static_cast<std::size_t>(hour);
    week.observed[index] += times->observed;
    week.active[index] += times->active;
    week.scripted[index] += times->scripted;
  };
  const TimeRange anywhere{day_anywhere(period.first).start, day_anywhere(period.last).end};
  if (auto read = reader.hours(machine_id, anywhere, each); !read) return read.error();
  if (!good) return good.error();
  for (const DayRow& day : period.days) {
    if (day.totals.observed_sec > 0) ++week.days[weekday_of(day.date)];
  }
  return week;
}

template <class Rows, class Value>
void write_column(JsonWriter& json, std::string_view name, const Rows& rows, Value value) {
  json.key(name).array(rows, [&](const auto& row) { json.value(value(row)); });
}

std::int64_t whole_sec(double seconds) { return std::llround(seconds); }

std::optional<std::string> text_of(const std::optional<Time>& time) {
  return time ? std::optional(format_timestamp(*time)) : std::nullopt;
}

std::int64_t idle_sec(const Totals& totals) {
  return std::max<std::int64_t>(
      0, whole_sec(totals.observed_sec) - whole_sec(totals.active_sec) - whole_sec(totals.scripted_sec));
}

bool is_shown(const SummedField& field) { return field.of_input() && field.field != &Event::scripted_count; }

void write_totals(JsonWriter& json, const Totals& totals) {
  json.key("totals").begin_object().field("observed_sec", whole_sec(totals.observed_sec));
  json.field("active_sec", whole_sec(totals.active_sec)).field("idle_sec", idle_sec(totals));
  json.field("scripted_sec", whole_sec(totals.scripted_sec));
  for (const SummedField& field : summed_fields) {
    if (is_shown(field)) json.field(field.name, totals.sum(field));
  }
  json.end_object();
}

void write_days(JsonWriter& json, const std::vector<DayRow>& rows) {
  json.key("days").begin_object();
  write_column(json, "date", rows, [](const DayRow& day) { return format_date(day.date); });
  write_column(json, "observed_sec", rows, [](const DayRow& day) { return whole_sec(day.totals.observed_sec); });
  write_column(json, "active_sec", rows, [](const DayRow& day) { return whole_sec(day.totals.active_sec); });
  write_column(json, "idle_sec", rows, [](const DayRow& day) { return idle_sec(day.totals); });
  write_column(json, "scripted_sec", rows, [](const DayRow& day) { return whole_sec(day.totals.scripted_sec); });
  for (const SummedField& field : summed_fields) {
    if (is_shown(field)) write_column(json, field.name, rows, [&](const DayRow& day) { return day.totals.sum(field); });
  }
  write_column(json, "first_activity", rows, [](const DayRow& day) { return text_of(day.totals.first_activity); });
  write_column(json, "last_activity", rows, [](const DayRow& day) { return text_of(day.totals.last_activity); });
  json.end_object();
}

void write_weekdays(JsonWriter& json, const WeekdayHours& week) {
  json.key("weekday_hours").begin_object();
  write_column(json, "active_sec", week.active, whole_sec);
  write_column(json, "scripted_sec", week.scripted, whole_sec);
  write_column(json, "observed_sec", week.observed, whole_sec);
  json.field("days", week.days).end_object();
}

void write_apps(JsonWriter& json, const Totals& totals) {
  json.key("apps").array(top_apps(totals, shown_apps), [&](const AppRow& row) {
    json.begin_object().field("app", row.app).field("active_sec", whole_sec(row.totals.active_sec));
    json.field("key_count", row.totals.key_count).end_object();
  });
}

/// The most used applications of the period's last four weeks, by name.
std::vector<std::string> apps_of_late(const PeriodReport& period) {
  Totals late;
  for (const DayRow& day : period.days) {
    if (sys_days(day.date) <= sys_days(period.last) - app_days) continue;
    for (const auto& [app, totals] : day.totals.apps) late.apps[app].active_sec += totals.active_sec;
  }
  late.apps.erase(std::string(other_apps));
  late.apps.erase("");
  std::vector<std::string> names;
  for (const AppRow& row : top_apps(late, day_apps)) {
    if (!row.is_rest) names.push_back(row.app);
  }
  return names;
}

void write_day_apps(JsonWriter& json, const PeriodReport& period) {
  const auto names = apps_of_late(period);
  json.key("day_apps").begin_object().field("app", names);
  json.key("active_sec").array(names, [&](const std::string& app) {
    json.array(period.days, [&](const DayRow& day) {
      const auto found = day.totals.apps.find(app);
      json.value(found == day.totals.apps.end() ? 0 : whole_sec(found->second.active_sec));
    });
  });
  json.end_object();
}

/// As long, and of the same weekdays: the last such days that end before the period begins.
PeriodQuery period_before(const PeriodQuery& query) {
  const auto length = sys_days(query.last) - sys_days(query.first) + std::chrono::days(1);
  const std::chrono::days weeks{(length.count() + 6) / 7 * 7};
  const sys_days first = sys_days(query.first) - weeks;
  return {first, first + length - std::chrono::days(1), query.zone};
}

void write_before(JsonWriter& json, const PeriodReport& before) {
  json.key("before").begin_object().field("from", format_date(before.first)).field("to", format_date(before.last));
  write_column(json, "active_sec", before.days, [](const DayRow& day) { return whole_sec(day.totals.active_sec); });
  write_totals(json, before.totals);
  write_apps(json, before.totals);
  json.end_object();
}

Result<std::optional<WallClock>> zone_of(const std::string& name) {
  if (name.empty()) return std::optional<WallClock>();
  auto zone = WallClock::in_zone(name);
  if (!zone) return Error{ErrorCode::invalid_input, "tz: " + zone.error().message};
  return std::optional(std::move(*zone));
}

}  // namespace

Result<Response> get_range(const Request& request, Services& services) {
  Parameters parameters(request.target);
  const AskedDays asked = parameters.days();
  if (!asked.from) parameters.refuse("from", "must be given, and to");
  if (parameters.wrong()) return *parameters.wrong();
  const std::string& machine_id = request.arguments.at(0);
  const auto machine = known_machine(services, machine_id);
  if (!machine) return machine.error();
  const auto zone = zone_of(asked.zone);
  if (!zone) return zone.error();
  const PeriodQuery query{*asked.from, *asked.to, asked.zone};
  const auto period = read_period(services.reader, *machine, query);
  if (!period) return period.error();
  const auto before = read_period(services.reader, *machine, period_before(query));
  if (!before) return before.error();
  const auto week = read_weekdays(services.reader, machine_id, *period, *zone);
  if (!week) return week.error();

  Response response;
  JsonWriter json(response.body);
  json.begin_object().field("from", format_date(period->first)).field("to", format_date(period->last));
  json.field("timezone", period->timezone);
  write_days(json, period->days);
  write_weekdays(json, *week);
  write_apps(json, period->totals);
  write_day_apps(json, *period);
  write_totals(json, period->totals);
  write_before(json, *before);
  json.end_object();
  return response;
}

}  // namespace activitytrack::server
