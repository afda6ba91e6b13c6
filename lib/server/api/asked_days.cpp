#include "server/api/asked_days.hpp"

#include "server/api/parameters.hpp"

#include <utility>

namespace activitytrack::server {
namespace {

constexpr int max_days = 3660;

}  // namespace

Result<AskedDays> read_asked_days(const Target& target) {
  AskedDays asked;
  for (const auto& [name, place] : {std::pair("date", &asked.date), {"from", &asked.from}, {"to", &asked.to}}) {
    const auto date = date_parameter(target, name);
    if (!date) return date.error();
    *place = *date;
  }
  const auto wrong = [](const char* what) { return Error{ErrorCode::invalid_input, what}; };
  if (asked.from.has_value() != asked.to.has_value()) return wrong("from and to go together");
  if (asked.from && asked.date) return wrong("date: either this, or from and to");
  if (asked.from && *asked.to < *asked.from) return wrong("to: must not be before from");
  if (asked.from &&
      std::chrono::sys_days(*asked.to) - std::chrono::sys_days(*asked.from) >= std::chrono::days(max_days))
    return wrong("to: at most 3660 days at a time");
  const std::string* zone = target.find("tz");
  if (zone && zone->empty()) return wrong("tz: must be a time zone such as Europe/Berlin");
  if (zone) asked.zone = *zone;
  return asked;
}

Date today(const std::string& machine_zone, const std::string& asked_zone, Time now) {
  const std::string& zone = asked_zone.empty() ? machine_zone : asked_zone;
  const auto date = today_in_zone(now, zone);
  return date ? *date : date_at(now, 0);
}

}  // namespace activitytrack::server
