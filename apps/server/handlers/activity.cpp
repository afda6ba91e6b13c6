#include "handlers/handlers.hpp"
#include "handlers/parameters.hpp"
#include "handlers/store_problem.hpp"
#include "http/problem.hpp"

#include <activitytrack/report/summary.hpp>

#include <limits>

namespace activitytrack::server {
namespace {

/// Today on the machine's own clock; in UTC if its zone is not known.
Date today(const Machine& machine, const std::string& asked_zone, Time now) {
  const std::string& zone = asked_zone.empty() ? machine.timezone : asked_zone;
  const auto date = today_in_zone(now, zone);
  return date ? *date : date_at(now, 0);
}

Response day_response(const Request& request, Services& services, std::string (*encode)(const DayReport&)) {
  const auto date = date_parameter(request.target, "date");
  if (!date) return problem(400, date.error().message);
  const std::string* zone = request.target.find("tz");
  if (zone && zone->empty()) return problem(400, "tz: must be a time zone such as Europe/Berlin");
  const std::string& machine_id = request.arguments.at(0);
  const auto machine = services.reader.machine(machine_id);
  if (!machine) return logged_store_problem(machine.error(), services.log);
  if (!*machine) return problem(404, "no events of this machine have arrived");

  DayQuery query{{}, zone ? *zone : ""};
  query.date = date->value_or(today(**machine, query.zone, services.clock.now()));
  const auto events =
      services.reader.events(machine_id, day_anywhere(query.date), std::numeric_limits<int>::max());
  if (!events) return logged_store_problem(events.error(), services.log);
  const auto report = report_day(machine_id, query, *events, (*machine)->timezone);
  if (!report) return problem(400, "tz: " + report.error().message);
  Response response;
  response.body = encode(*report);
  return response;
}

}  // namespace

Response get_summary(const Request& request, Services& services) {
  return day_response(request, services, encode_summary);
}

Response get_timeline(const Request& request, Services& services) {
  return day_response(request, services, encode_timeline);
}

}  // namespace activitytrack::server
