#include "handlers/handlers.hpp"
#include "handlers/hours_read.hpp"
#include "handlers/parameters.hpp"
#include "handlers/store_problem.hpp"
#include "http/problem.hpp"

#include <activitytrack/report/period.hpp>

namespace activitytrack::server {
namespace {

constexpr int max_days = 3660;

/// What a day, or several days, are written as.
struct Encoders {
  std::string (*day)(const DayReport&);
  std::string (*period)(const PeriodReport&);
};

/// The days that a request asks for: `date`, or `from` and `to`; none of them: today.
struct Asked {
  std::optional<Date> date, from, to;
  std::string zone;
};

Result<Asked> read_asked(const Target& target) {
  Asked asked;
  for (const auto& [name, place] : {std::pair("date", &asked.date), {"from", &asked.from}, {"to", &asked.to}}) {
    const auto date = date_parameter(target, name);
    if (!date) return date.error();
    *place = *date;
  }
  const auto wrong = [](const char* what) { return Error{ErrorCode::invalid_input, what}; };
  if (asked.from.has_value() != asked.to.has_value()) return wrong("from and to go together");
  if (asked.from && asked.date) return wrong("date: either this, or from and to");
  if (asked.from && *asked.to < *asked.from) return wrong("to: must not be before from");
  if (asked.from && std::chrono::sys_days(*asked.to) - std::chrono::sys_days(*asked.from) >= std::chrono::days(max_days))
    return wrong("to: at most 3660 days at a time");
  const std::string* zone = target.find("tz");
  if (zone && zone->empty()) return wrong("tz: must be a time zone such as Europe/Berlin");
  if (zone) asked.zone = *zone;
  return asked;
}

/// Today on the machine's own clock; in UTC if its zone is not known.
Date today(const Machine& machine, const std::string& asked_zone, Time now) {
  const std::string& zone = asked_zone.empty() ? machine.timezone : asked_zone;
  const auto date = today_in_zone(now, zone);
  return date ? *date : date_at(now, 0);
}

Response to_response(const Result<std::string>& json, Log& log) {
  if (json) return {.body = *json};
  if (json.error().code == ErrorCode::not_found) return problem(400, "tz: " + json.error().message);
  return logged_store_problem(json.error(), log);
}

Response activity_response(const Request& request, Services& services, const Encoders& encode) {
  const auto asked = read_asked(request.target);
  if (!asked) return problem(400, asked.error().message);
  const auto machine = services.reader.machine(request.arguments.at(0));
  if (!machine) return logged_store_problem(machine.error(), services.log);
  if (!*machine) return problem(404, "no events of this machine have arrived");
  if (asked->from) {
    const auto report = read_period(services.reader, **machine, {*asked->from, *asked->to, asked->zone});
    return to_response(report ? Result<std::string>(encode.period(*report)) : report.error(), services.log);
  }
  const Date date = asked->date.value_or(today(**machine, asked->zone, services.clock.now()));
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
