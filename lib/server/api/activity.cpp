#include "report/period.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/events/read_hours.hpp"

namespace activitytrack::server {
namespace {

template <class Report, class Encode>
Result<Response> report_response(const Result<Report>& report, const Encode& encode) {
  if (report) return Response{.body = encode(*report)};
  const Error& error = report.error();
  return error.code == ErrorCode::not_found ? Error{ErrorCode::invalid_input, "tz: " + error.message} : error;
}

/// `encode` writes a DayReport or a PeriodReport.
template <class Encode>
Result<Response> activity_response(const Request& request, Parameters parameters, Services& services, Encode encode) {
  const AskedDays asked = parameters.days();
  if (parameters.wrong()) return *parameters.wrong();
  const auto machine = known_machine(services, request.arguments.at(0));
  if (!machine) return machine.error();
  if (asked.from) {
    return report_response(read_period(services.reader, *machine, {*asked.from, *asked.to, asked.zone}), encode);
  }
  const Date date = asked.date.value_or(today(machine->timezone, asked.zone, services.clock.now()));
  return report_response(read_day(services.reader, *machine, {date, asked.zone}), encode);
}

}  // namespace

Result<Response> get_summary(const Request& request, Services& services) {
  Parameters parameters(request.target);
  const std::string* given = parameters.find("apps");
  if (given && *given != "all") parameters.refuse("apps", "must be all, or not given");
  const Apps apps = given ? Apps::all : Apps::top;
  return activity_response(request, parameters, services,
                           [&](const auto& report) { return encode_summary(report, apps); });
}

Result<Response> get_timeline(const Request& request, Services& services) {
  return activity_response(request, Parameters(request.target), services,
                           [](const auto& report) { return encode_timeline(report); });
}

}  // namespace activitytrack::server
