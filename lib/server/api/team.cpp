#include "core/csv.hpp"
#include "core/json_writer.hpp"
#include "core/text.hpp"
#include "server/accounts/access.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/fleet/fleet_days.hpp"
#include "server/fleet/fleet_rows.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

// The days of several machines, to compare, export and print.

namespace activitytrack::server {
namespace {

constexpr std::size_t max_team_machines = 5'000;
constexpr std::size_t max_machine_days = 500'000;
constexpr std::int64_t max_days = 366;

struct TeamQuery {
  Date first, last;
  std::string zone;   ///< "": each machine's own clock
  std::string group;  ///< "": all machines
  bool as_csv = false;
  CsvText csv = CsvText::escaped;

  std::size_t days() const {
    return static_cast<std::size_t>((std::chrono::sys_days(last) - std::chrono::sys_days(first)).count()) + 1;
  }
  std::string date(std::size_t day) const {
    return format_date(Date(std::chrono::sys_days(first) + std::chrono::days(day)));
  }
};

Result<TeamQuery> read_query(const Request& request, Time now) {
  Parameters parameters(request.target);
  const AskedDays asked = parameters.days();
  const Date day = asked.date.value_or(today("", asked.zone, now));
  TeamQuery query{asked.from.value_or(day), asked.to.value_or(day), asked.zone, {}};
  if (query.days() > max_days) parameters.refuse("to", "at most 366 days at a time");
  if (!WallClock::in_zone(asked.zone)) parameters.refuse("tz", "must be a time zone such as Europe/Berlin");
  if (const std::string* group = parameters.find("group")) query.group = *group;
  const std::string* format = parameters.find("format");
  query.as_csv = format && *format == "csv";
  if (format && !query.as_csv && *format != "json") parameters.refuse("format", "must be json or csv");
  const std::string* csv = parameters.find("csv");
  const auto form = csv ? parse_enum<CsvText>(csv_text_names, *csv) : CsvText::escaped;
  if (!form) parameters.refuse("csv", "must be escaped or raw");
  query.csv = form.value_or(query.csv);
  if (parameters.wrong()) return *parameters.wrong();
  return query;
}

/// The machines that the asker may see, of the group that is asked for.
Result<std::vector<FleetRow>> team_rows(const Request& request, Services& services, const TeamQuery& query, Time now) {
  auto machines = visible_machines(asker(request), services.reader, "", max_team_machines + 1);
  if (!machines) return machines.error();
  auto rows =
      fleet_rows({services.database, services.machine_states, services.configuration}, std::move(*machines), now);
  if (!rows || query.group.empty()) return rows;
  std::erase_if(*rows,
                [&](const FleetRow& row) { return std::ranges::find(row.groups, query.group) == row.groups.end(); });
  return rows;
}

Result<std::vector<FleetTimes>> team_days(Services& services, std::span<const FleetRow> rows, const TeamQuery& query,
                                          Time now) {
  std::vector<std::string> ids;
  for (const FleetRow& row : rows) ids.push_back(row.machine.machine_id);
  return read_fleet_range(services.reader, ids, query.first, query.last, query.zone, now);
}

std::int64_t whole(double seconds) { return std::llround(seconds); }

/// A list of one of the sums of each day.
void write_days(JsonWriter& json, std::string_view name, const FleetTimes& days, double HourTimes::*sum) {
  json.key(name).array(days, [&](const HourTimes& day) { json.value(whole(day.*sum)); });
}

double total(const FleetTimes& days, double HourTimes::*sum) {
  return std::accumulate(days.begin(), days.end(), 0.0,
                         [&](double all, const HourTimes& day) { return all + day.*sum; });
}

void write_machine(JsonWriter& json, const FleetRow& row, const FleetTimes& days) {
  const Machine& machine = row.machine;
  const auto text_or_null = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); };
  json.begin_object().field("machine_id", machine.machine_id).field("user_label", machine.user_label);
  json.field("person", text_or_null(row.person)).field("groups", row.groups);
  json.field("timezone", text_or_null(machine.timezone));
  write_days(json, "active_sec", days, &HourTimes::active);
  write_days(json, "scripted_sec", days, &HourTimes::scripted);
  write_days(json, "observed_sec", days, &HourTimes::observed);
  const double active = total(days, &HourTimes::active);
  const auto active_days = std::ranges::count_if(days, [](const HourTimes& day) { return day.active > 0; });
  json.field("total_active_sec", whole(active));
  json.field("total_scripted_sec", whole(total(days, &HourTimes::scripted)));
  json.field("mean_active_sec", active_days > 0 ? whole(active / static_cast<double>(active_days)) : 0).end_object();
}

Response team_json(std::span<const FleetRow> rows, std::span<const FleetTimes> days, const TeamQuery& query) {
  FleetTimes all(query.days());
  Response response;
  JsonWriter json(response.body);
  json.begin_object().field("from", format_date(query.first)).field("to", format_date(query.last));
  json.field("timezone", query.zone.empty() ? std::nullopt : std::optional(query.zone)).key("dates").begin_array();
  for (std::size_t day = 0; day < query.days(); ++day) json.value(query.date(day));
  json.end_array().key("machines").begin_array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    write_machine(json, rows[i], days[i]);
    for (std::size_t day = 0; day < all.size(); ++day) all[day].active += days[i][day].active;
  }
  json.end_array().key("totals").begin_object();
  write_days(json, "active_sec", all, &HourTimes::active);
  json.end_object().end_object();
  return response;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

Response team_csv(std::span<const FleetRow> rows, std::span<const FleetTimes> days, const TeamQuery& query) {
  Response response{.content_type = "text/csv; charset=utf-8; header=present"};
  response.headers.emplace_back(
      "Content-Disposition",
      content_disposition("attachment", "team-" + format_date(query.first) + "-" + format_date(query.last), "csv"));
  response.body =
      csv_line({"machine_id", "user_label", "person", "groups", "date", "active_sec", "scripted_sec", "observed_sec"});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t day = 0; day < query.days(); ++day) {
      const HourTimes& times = days[i][day];
      response.body +=
          csv_line({csv_text(rows[i].machine.machine_id, query.csv),
                    csv_text(rows[i].machine.user_label.value_or(""), query.csv), csv_text(rows[i].person, query.csv),
                    joined(rows[i].groups), query.date(day), number_text(whole(times.active)),
                    number_text(whole(times.scripted)), number_text(whole(times.observed))});
    }
  }
  return response;
}

}  // namespace

Result<Response> get_team(const Request& request, Services& services) {
  const Time now = services.clock.now();
  const auto query = read_query(request, now);
  if (!query) return query.error();
  const auto rows = team_rows(request, services, *query, now);
  if (!rows) return rows.error();
  if (rows->size() > max_team_machines || rows->size() * query->days() > max_machine_days)
    return Error{ErrorCode::invalid_input, "group: too many machines for so many days; name a group, or fewer days"};
  const auto days = team_days(services, *rows, *query, now);
  if (!days) return days.error();
  return query->as_csv ? team_csv(*rows, *days, *query) : team_json(*rows, *days, *query);
}

}  // namespace activitytrack::server
