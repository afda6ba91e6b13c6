#include <activitytrack/core/clock.hpp>
#include <activitytrack/report/summary.hpp>

#include <boost/json.hpp>

#include <chrono>
#include <cstdlib>
#include <stdexcept>

namespace activitytrack {
namespace {

namespace json = boost::json;

/// Thrown and caught in this file alone: a DOM is read field by field, and each may be missing.
struct BadAnswer : std::runtime_error {
  using std::runtime_error::runtime_error;
};

const json::value& member(const json::object& object, std::string_view name) {
  if (const json::value* value = object.if_contains(name)) return *value;
  throw BadAnswer("'" + std::string(name) + "' is missing");
}

template <class T>
T number(const json::object& object, std::string_view name) {
  json::error_code error;
  const T value = member(object, name).to_number<T>(error);
  if (error) throw BadAnswer("'" + std::string(name) + "' is not a number of its kind");
  return value;
}

std::string text(const json::object& object, std::string_view name) {
  const json::string* value = member(object, name).if_string();
  if (!value) throw BadAnswer("'" + std::string(name) + "' is not a string");
  return std::string(*value);
}

const json::object& as_object(const json::value& value, std::string_view name) {
  if (const json::object* object = value.if_object()) return *object;
  throw BadAnswer("'" + std::string(name) + "' is not an object");
}

const json::array& array(const json::object& object, std::string_view name) {
  if (const json::array* value = member(object, name).if_array()) return *value;
  throw BadAnswer("'" + std::string(name) + "' is not an array");
}

Time time(const json::object& object, std::string_view name) {
  const auto parsed = parse_timestamp(text(object, name));
  if (!parsed) throw BadAnswer("'" + std::string(name) + "' is not a time");
  return *parsed;
}

std::optional<Time> maybe_time(const json::object& object, std::string_view name) {
  if (member(object, name).is_null()) return std::nullopt;
  return time(object, name);
}

/// The offset that a valid RFC 3339 text ends in.
int offset_of(std::string_view stamp) {
  if (stamp.size() < 6 || stamp.back() == 'Z' || stamp.back() == 'z') return 0;
  const std::string tail(stamp.substr(stamp.size() - 6));
  const int minutes = std::atoi(tail.substr(1, 2).c_str()) * 60 + std::atoi(tail.substr(4, 2).c_str());
  return tail[0] == '-' ? -minutes : minutes;
}

PercentStats percent(const json::object& object, std::string_view name, double seconds) {
  PercentStats stats;
  const json::value& value = member(object, name);
  if (value.is_null()) return stats;
  const json::object& both = as_object(value, name);
  stats.add(number<double>(both, "mean"), seconds);
  stats.max = number<double>(both, "max");
  return stats;
}

Totals totals(const json::object& object) {
  Totals t;
  t.events = number<std::int64_t>(object, "events");
  for (const SummedField& row : summed_fields) t.sum(row) = number<std::int64_t>(object, row.name);
  t.observed_sec = number<double>(object, "observed_sec");
  t.active_sec = number<double>(object, "active_sec");
  t.scripted_sec = number<double>(object, "scripted_sec");
  t.first_activity = maybe_time(object, "first_activity");
  t.last_activity = maybe_time(object, "last_activity");
  // The time behind a mean is not told; the time observed is all of it but where a reading was missing.
  const double weight = t.observed_sec > 0 ? t.observed_sec : 1;
  t.cpu = percent(object, "cpu_percent", weight);
  t.ram = percent(object, "ram_used_percent", weight);
  t.disk = percent(object, "disk_used_percent", weight);
  for (const json::value& value : array(object, "top_apps")) {
    const json::object& app = as_object(value, "top_apps");
    t.apps[text(app, "app")] = {number<double>(app, "active_sec"), number<std::int64_t>(app, "key_count")};
  }
  return t;
}

HourRow hour(const json::value& value) {
  const json::object& row = as_object(value, "hours");
  return {.start = time(row, "start"), .offset_min = offset_of(text(row, "start")), .totals = totals(row)};
}

json::value parse(std::string_view body) {
  json::error_code error;
  json::value value = json::parse(body, error);
  if (error) throw BadAnswer("it is not JSON");
  return value;
}

DayReport day(std::string_view summary_json, std::string_view timeline_json) {
  const json::value summary_value = parse(summary_json), timeline_value = parse(timeline_json);
  const json::object& summary = as_object(summary_value, "summary");
  const auto date = parse_date(text(summary, "date"));
  if (!date) throw BadAnswer("'date' is not a date");
  DayReport report{.machine_id = text(summary, "machine_id"),
                   .date = *date,
                   .timezone = text(summary, "timezone"),
                   .range = {time(summary, "start"), time(summary, "end")},
                   .totals = totals(summary),
                   .hours = {}};
  for (const json::value& value : array(as_object(timeline_value, "timeline"), "hours"))
    report.hours.push_back(hour(value));
  return report;
}

}  // namespace

Result<DayReport> decode_day(std::string_view summary_json, std::string_view timeline_json) {
  try {
    return day(summary_json, timeline_json);
  } catch (const BadAnswer& bad) {
    return Error{ErrorCode::invalid_input, std::string("the server's answer cannot be read: ") + bad.what() +
                                               "; is it an activitytrack-server of this version?"};
  }
}

}  // namespace activitytrack
