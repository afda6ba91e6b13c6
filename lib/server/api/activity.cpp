#include "server/api/asked_days.hpp"
#include "server/api/handlers.hpp"
#include "server/api/hours_read.hpp"
#include "server/api/store_problem.hpp"
#include "server/http/message.hpp"

#include "report/period.hpp"

namespace activitytrack::server {
namespace {

/// What a day, or several days, are written as.
struct Encoders {
  std::string (*day)(const DayReport&);
  std::string (*period)(const PeriodReport&);
};

Response to_response(const Result<std::string>& json, Log& log) {
  if (json) return {.body = *json};
  if (json.error().code == ErrorCode::not_found) return problem(400, "tz: " + json.error().message);
  return logged_store_problem(json.error(), log);
}

Response activity_response(const Request& request, Services& services, const Encoders& encode) {
  const auto asked = read_asked_days(request.target);
  if (!asked) return problem(400, asked.error().message);
  const auto machine = services.reader.machine(request.arguments.at(0));
  if (!machine) return logged_store_problem(machine.error(), services.log);
  if (!*machine) return problem(404, "no events of this machine have arrived");
  if (asked->from) {
    const auto report = read_period(services.reader, **machine, {*asked->from, *asked->to, asked->zone});
    return to_response(report ? Result<std::string>(encode.period(*report)) : report.error(), services.log);
  }
  const Date date = asked->date.value_or(today((*machine)->timezone, asked->zone, services.clock.now()));
  const auto report = read_day(services.reader, **machine, {date, asked->zone});
  return to_response(report ? Result<std::string>(encode.day(*report)) : report.error(), services.log);
}

}  // namespace

Response get_summary(const Request& request, Services& services) {
  return activity_response(request, services, {encode_summary, encode_summary});
}

Response get_timeline(const Request& request, Services& services) {
  return activity_response(request, services, {encode_timeline, encode_timeline});
}

}  // namespace activitytrack::server
