#include "report/period.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/events/read_hours.hpp"

namespace activitytrack::server {
namespace {

/// What a day, or several days, are written as.
struct Encoders {
  std::string (*day)(const DayReport&);
  std::string (*period)(const PeriodReport&);
};

template <class Report>
Result<Response> report_response(const Result<Report>& report, std::string (*encode)(const Report&)) {
  if (report) return Response{.body = encode(*report)};
  const Error& error = report.error();
  return error.code == ErrorCode::not_found ? Error{ErrorCode::invalid_input, "tz: " + error.message} : error;
}

Result<Response> activity_response(const Request& request, Services& services, const Encoders& encode) {
  const auto asked = read_asked_days(request.target);
  if (!asked) return asked.error();
  const auto machine = known_machine(services, request.arguments.at(0));
  if (!machine) return machine.error();
  if (asked->from) {
    return report_response(read_period(services.reader, *machine, {*asked->from, *asked->to, asked->zone}),
                           encode.period);
  }
  const Date date = asked->date.value_or(today(machine->timezone, asked->zone, services.clock.now()));
  return report_response(read_day(services.reader, *machine, {date, asked->zone}), encode.day);
}

}  // namespace

Result<Response> get_summary(const Request& request, Services& services) {
  return activity_response(request, services, {encode_summary, encode_summary});
}

Result<Response> get_timeline(const Request& request, Services& services) {
  return activity_response(request, services, {encode_timeline, encode_timeline});
}

}  // namespace activitytrack::server
