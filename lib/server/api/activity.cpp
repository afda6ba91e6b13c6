#include "server/api/asked_days.hpp"
#include "server/api/handlers.hpp"
#include "server/api/hours_read.hpp"
#include "server/api/store_problem.hpp"
#include "server/http/message.hpp"

#include "report/period.hpp"

namespace activitytrack::server {
namespace {

Result<Apps> apps_parameter(const Target& target) {
  const std::string* apps = target.find("apps");
  if (!apps) return Apps::top;
  if (*apps != "all") return Error{ErrorCode::invalid_input, "apps: must be all, or not given"};
  return Apps::all;
}

Response to_response(const Result<std::string>& json, Log& log) {
  if (json) return {.body = *json};
  if (json.error().code == ErrorCode::not_found) return problem(400, "tz: " + json.error().message);
  return logged_store_problem(json.error(), log);
}

/// `encode` writes a DayReport or a PeriodReport.
template <class Encode>
Response activity_response(const Request& request, Services& services, Encode encode) {
  const auto asked = read_asked_days(request.target);
  if (!asked) return problem(400, asked.error().message);
  const auto machine = services.reader.machine(request.arguments.at(0));
  if (!machine) return logged_store_problem(machine.error(), services.log);
  if (!*machine) return problem(404, "no events of this machine have arrived");
  if (asked->from) {
    const auto report = read_period(services.reader, **machine, {*asked->from, *asked->to, asked->zone});
    return to_response(report ? Result<std::string>(encode(*report)) : report.error(), services.log);
  }
  const Date date = asked->date.value_or(today((*machine)->timezone, asked->zone, services.clock.now()));
  const auto report = read_day(services.reader, **machine, {date, asked->zone});
  return to_response(report ? Result<std::string>(encode(*report)) : report.error(), services.log);
}

}  // namespace

Response get_summary(const Request& request, Services& services) {
  const auto apps = apps_parameter(request.target);
  if (!apps) return problem(400, apps.error().message);
  return activity_response(request, services, [&](const auto& report) { return encode_summary(report, *apps); });
}

Response get_timeline(const Request& request, Services& services) {
  return activity_response(request, services, [](const auto& report) { return encode_timeline(report); });
}

}  // namespace activitytrack::server
