#include "core/json_writer.hpp"
#include "server/accounts/access.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/fleet/attention.hpp"
#include "server/fleet/fleet_days.hpp"
#include "server/fleet/fleet_rows.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

// All machines that somebody may see, with their day.

namespace activitytrack::server {
namespace {

constexpr std::size_t max_fleet = 5'000;
constexpr std::size_t machines_named = 20;  // of each cause

/// The day that is asked for, on one clock for all machines.
struct FleetDay {
  Date date;
  WallClock clock;
  TimeRange range;
};

Result<FleetDay> asked_day(Parameters& parameters, Time now) {
  const AskedDays asked = parameters.days();
  auto clock = WallClock::in_zone(asked.zone);
  if (!clock) parameters.refuse("tz", "must be a time zone such as Europe/Berlin");
  if (parameters.wrong()) return *parameters.wrong();
  const Date date = asked.date.value_or(today("", asked.zone, now));
  const TimeRange range = clock->day(date);
  return FleetDay{date, std::move(*clock), range};
}

/// What machines did on a day.
struct TimesOfDay {
  std::vector<DayTimes> days;
  std::vector<UsualDays::Usual> usual;
};

Result<TimesOfDay> read_times(Services& services, std::span<const FleetRow> rows, const FleetDay& day, Time now) {
  std::vector<std::string> ids;
  for (const FleetRow& row : rows) ids.push_back(row.machine.machine_id);
  auto days = read_fleet_day(services.reader, ids, day.range, now);
  if (!days) return days.error();
  auto usual = services.usual_days.find(services.reader, ids, day.date, day.clock, now);
  if (!usual) return usual.error();
  return TimesOfDay{std::move(*days), std::move(*usual)};
}

/// Times in whole units, such that the three are together what was observed.
struct WholeTimes {
  std::int64_t active, idle, scripted;
};

WholeTimes whole(const HourTimes& times, double unit_sec) {
  const auto units = [&](double seconds) { return static_cast<std::int64_t>(std::llround(seconds / unit_sec)); };
  WholeTimes in{units(times.active), 0, units(times.scripted)};
  in.idle = std::max<std::int64_t>(0, units(times.observed) - in.active - in.scripted);
  return in;
}

void write_hours(JsonWriter& json, const DayTimes& hours) {
  constexpr double minute = 60;
  std::vector<WholeTimes> minutes;
  for (const HourTimes& hour : hours) minutes.push_back(whole(hour, minute));
  json.begin_object();
  json.key("active").array(minutes, [&](const WholeTimes& hour) { json.value(hour.active); });
  json.key("idle").array(minutes, [&](const WholeTimes& hour) { json.value(hour.idle); });
  json.key("scripted").array(minutes, [&](const WholeTimes& hour) { json.value(hour.scripted); });
  json.end_object();
}

void write_text_or_null(JsonWriter& json, std::string_view name, const std::string& text) {
  json.key(name);
  text.empty() ? json.null() : json.value(text);
}

void write_configuration(JsonWriter& json, const ConfigurationStanding& standing) {
  json.key("configuration").begin_object().field("state", standing.state).field("version", standing.version);
  json.field("applied_version", standing.applied_version);
  write_text_or_null(json, "error_key", standing.error_key);
  json.field("left_out", standing.left_out).end_object();
}

/// Writes rows; knows what the clock shows in each zone.
class RowWriter {
 public:
  explicit RowWriter(Time now) : now_(now) {}

  void write(JsonWriter& json, const FleetRow& row, const DayTimes& hours, const UsualDays::Usual& usual) {
    json.begin_object();
    write_machine(json, row);
    const WholeTimes day = whole(sum_of(hours), 1);
    write_hours(json.key("hours"), hours);
    json.field("active_sec", day.active).field("idle_sec", day.idle).field("scripted_sec", day.scripted);
    json.field("usual_active_sec", usual);
    write_configuration(json, row.configuration);
    if (row.machine.is_made_up) json.field("demo", true);
    json.end_object();
  }

 private:
  void write_machine(JsonWriter& json, const FleetRow& row) {
    const Machine& machine = row.machine;
    json.field("machine_id", machine.machine_id).field("user_label", machine.user_label);
    write_text_or_null(json, "person", row.person);
    json.field("groups", row.groups).field("state", to_string(row.state));
    json.field("since", row.since ? std::optional(format_timestamp(*row.since)) : std::nullopt);
    write_text_or_null(json, "timezone", machine.timezone);
    json.field("utc_offset_min", offset_now(machine.timezone));
    write_text_or_null(json, "agent_version", machine.agent ? machine.agent->version : "");
    json.field("last_seen", format_timestamp(machine.last_seen));
    json.field("latest_event", format_timestamp(machine.latest_event));
  }

  std::optional<std::int64_t> offset_now(const std::string& zone) {
    if (zone.empty()) return std::nullopt;
    const auto [place, is_new] = offsets_.try_emplace(zone);
    if (is_new) {
      if (const auto offset = offset_in_zone(now_, zone)) place->second = *offset;
    }
    return place->second;
  }

  const Time now_;
  std::map<std::string, std::optional<std::int64_t>> offsets_;
};

void write_attention(JsonWriter& json, std::span<const FleetRow> rows, Time now) {
  json.key("attention").array(attention_of(rows, now), [&](const Attention& attention) {
    json.begin_object().field("cause", attention.cause);
    json.field("since", attention.since ? std::optional(format_timestamp(*attention.since)) : std::nullopt);
    json.field("machines", std::span(attention.machines).first(std::min(attention.machines.size(), machines_named)));
    json.field("count", attention.machines.size()).field("detail", attention.detail).end_object();
  });
}

void write_counts(JsonWriter& json, std::span<const FleetRow> rows) {
  json.key("counts").begin_object();
  for (std::size_t i = 0; i < liveness_count; ++i) {
    const auto state = static_cast<Liveness>(i);
    json.field(to_string(state), std::ranges::count(rows, state, &FleetRow::state));
  }
  json.end_object();
}

FleetSources sources_of(Services& services) {
  return {services.database, services.machine_states, services.configuration};
}

}  // namespace

Result<Response> get_fleet(const Request& request, Services& services) {
  const Time now = services.clock.now();
  Parameters parameters(request.target);
  const auto limit = parameters.count("limit", max_fleet, max_fleet);
  const auto after = parameters.name_cursor();
  const auto day = asked_day(parameters, now);
  if (!day) return day.error();
  auto machines = visible_machines(asker(request), services.reader, after, limit + 1);
  if (!machines) return machines.error();
  const bool has_more = machines->size() > limit;
  if (has_more) machines->pop_back();
  const auto rows = fleet_rows(sources_of(services), std::move(*machines), now);
  if (!rows) return rows.error();
  const auto times = read_times(services, *rows, *day, now);
  if (!times) return times.error();

  Response response;
  JsonWriter json(response.body);
  json.begin_object().field("date", format_date(day->date)).field("timezone", day->clock.name());
  json.field("start", format_timestamp(day->range.start)).field("end", format_timestamp(day->range.end));
  json.field("now", format_timestamp(now)).key("machines").begin_array();
  RowWriter writer(now);
  for (std::size_t i = 0; i < rows->size(); ++i) writer.write(json, (*rows)[i], times->days[i], times->usual[i]);
  json.end_array();
  write_attention(json, *rows, now);
  write_counts(json, *rows);
  json.field("next_cursor", has_more ? std::optional(make_name_cursor(rows->back().machine.machine_id)) : std::nullopt);
  json.end_object();
  return response;
}

Result<Response> get_fleet_row(const Request& request, Services& services) {
  const Time now = services.clock.now();
  Parameters parameters(request.target);
  const auto day = asked_day(parameters, now);
  if (!day) return day.error();
  auto machine = known_machine(services, request.arguments.at(0));
  if (!machine) return machine.error();
  std::vector<Machine> machines;
  machines.push_back(std::move(*machine));
  const auto rows = fleet_rows(sources_of(services), std::move(machines), now);
  if (!rows) return rows.error();
  const auto times = read_times(services, *rows, *day, now);
  if (!times) return times.error();
  Response response;
  JsonWriter json(response.body);
  RowWriter(now).write(json, rows->front(), times->days.front(), times->usual.front());
  return response;
}

}  // namespace activitytrack::server
