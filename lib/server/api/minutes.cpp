#include "server/api/minutes.hpp"

#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/api/verdicts.hpp"
#include "server/events/hours.hpp"

#include <algorithm>
#include <cmath>

// A machine's day as columns, a number for each minute or other step: what pages draw.

namespace activitytrack::server {
namespace {

constexpr std::size_t default_points = 1500, least_points = 16, most_points = 4000;
constexpr auto longest = std::chrono::days(31);
constexpr std::size_t events_at_once = 1000;
constexpr std::size_t events_of_sample = 200;  // by which their usual length is known

/// The stretch of time that is asked for, and what of it was not observed.
struct Stretch {
  std::optional<Date> date{};
  std::string zone{};  ///< as asked for
  TimeRange range{};
  std::vector<UnobservedTime> gaps{};
};

Result<Stretch> stretch_of_day(Services& services, const Machine& machine, const AskedDays& asked, Time now) {
  const Date date = asked.date.value_or(today(machine.timezone, asked.zone, now));
  auto day = read_day(services.reader, machine, date, asked.zone, now);
  if (!day) return wrong_zone(day.error());
  return Stretch{date, asked.zone, day->range, std::move(day->gaps)};
}

Result<Stretch> asked_stretch(Parameters& parameters, Services& services, const Machine& machine, Time now) {
  const AskedDays asked = parameters.days();
  if (asked.from || asked.to) parameters.refuse("from", "is not taken here: give date, or start and end");
  const bool by_time = parameters.find("start") || parameters.find("end");
  const TimeRange range = parameters.range();
  if (by_time && (range.end <= range.start || range.end - range.start > longest))
    parameters.refuse("end", "must be after start, and at most 31 days after it");
  if (parameters.wrong()) return *parameters.wrong();
  if (!by_time) return stretch_of_day(services, machine, asked, now);
  auto gaps = read_gaps(services.reader, machine, range, now);
  if (!gaps) return gaps.error();
  return Stretch{std::nullopt, asked.zone, range, std::move(*gaps)};
}

void write_seconds(JsonWriter& json, std::string_view name, const std::vector<double>& column) {
  json.key(name).array(column, [&](double seconds) { json.value(std::llround(seconds)); });
}

/// A number of `digits` after the point, or null.
void write_known(JsonWriter& json, std::string_view name, const std::vector<std::optional<double>>& column,
                 int digits) {
  json.key(name).array(column, [&](const std::optional<double>& number) {
    number ? json.value(rounded(*number, digits)) : json.null();
  });
}

void write_columns(JsonWriter& json, const MinuteColumns& columns, bool with_titles) {
  json.key("columns").begin_object();
  write_seconds(json, "observed_sec", columns.observed_sec);
  write_seconds(json, "active_sec", columns.active_sec);
  write_seconds(json, "scripted_sec", columns.scripted_sec);
  for (std::size_t i = 0; i < MinuteColumns::count_columns; ++i) json.field(summed_fields[i].name, columns.counts[i]);
  write_known(json, "cpu_percent", columns.cpu_percent, 0);
  write_known(json, "ram_used_percent", columns.ram_used_percent, 0);
  write_known(json, "genuine_score", columns.genuine_score, 2);
  json.field("app", columns.apps.of_step);
  if (with_titles) json.field("title", columns.titles.of_step);
  json.end_object();
  json.field("apps", columns.apps.names);
  if (with_titles) json.field("titles", columns.titles.names);
}

void write_gaps(JsonWriter& json, const std::vector<UnobservedTime>& gaps) {
  json.key("gaps").array(gaps, [&](const UnobservedTime& gap) {
    json.begin_object().field("from", format_timestamp(gap.from)).field("to", format_timestamp(gap.to));
    json.field("name", to_string(gap.name)).end_object();
  });
}

}  // namespace

Error wrong_zone(const Error& error) {
  return error.code == ErrorCode::not_found ? Error{ErrorCode::invalid_input, "tz: " + error.message} : error;
}

Result<std::size_t> add_events(StoreReader& reader, const std::string& machine_id, TimeRange range,
                               MinuteColumns& columns) {
  std::size_t all = 0;
  for (std::size_t found = events_at_once; found == events_at_once;) {
    const auto events = reader.events(machine_id, range, events_at_once);
    if (!events) return events.error();
    for (const Event& event : *events) columns.add(event);
    found = events->size();
    all += found;
    if (found > 0) range.start = events->back().timestamp + std::chrono::microseconds(1);
  }
  return all;
}

void write_zones(JsonWriter& json, const MinuteColumns& columns) {
  json.key("zones").array(columns.zones, [&](const MinuteColumns::Zone& zone) {
    json.begin_object().field("from", format_timestamp(zone.from)).field("timezone", zone.timezone);
    json.field("utc_offset_min", zone.offset_min).end_object();
  });
}

Result<Response> get_minutes(const Request& request, Services& services) {
  const Time now = services.clock.now();
  Parameters parameters(request.target);
  const auto points = parameters.count("points", default_points, most_points, least_points);
  const bool with_titles = parameters.count("titles", 0, 1, 0) == 1;
  if (parameters.wrong()) return *parameters.wrong();
  const std::string& machine_id = request.arguments.at(0);
  const auto machine = known_machine(services, machine_id);
  if (!machine) return machine.error();
  const auto asked = asked_stretch(parameters, services, *machine, now);
  if (!asked) return asked.error();

  const auto first = services.reader.events(machine_id, asked->range, events_of_sample);
  if (!first) return first.error();
  const auto interval = usual_interval(*first);
  const auto step = minutes_step(asked->range, points, interval);
  MinuteColumns columns(asked->range, step, with_titles);
  if (auto added = add_events(services.reader, machine_id, asked->range, columns); !added) return added.error();
  columns.finish();
  const auto answers = verdict_answers(services.database, machine_id, asked->range);
  if (!answers) return answers.error();

  Response response;
  JsonWriter json(response.body);
  json.begin_object().field("date", asked->date ? std::optional(format_date(*asked->date)) : std::nullopt);
  json.field("timezone", asked->zone.empty() ? std::nullopt : std::optional(asked->zone));
  json.field("start", format_timestamp(asked->range.start)).field("end", format_timestamp(asked->range.end));
  json.field("step_sec", step.count()).field("now", format_timestamp(now));
  write_zones(json, columns);
  json.field("interval_sec", interval.count());
  write_columns(json, columns, with_titles);
  write_gaps(json, asked->gaps);
  json.key("scripted").array(columns.scripted, [&](const auto& stretch) { write_stretch(json, stretch, *answers); });
  json.end_object();
  return response;
}

}  // namespace activitytrack::server
