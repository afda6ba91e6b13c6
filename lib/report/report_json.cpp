#include "core/json_writer.hpp"
#include "report/period.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/report/summary.hpp>

#include <boost/json.hpp>

#include <chrono>
#include <cstdlib>
#include <stdexcept>

namespace activitytrack {
namespace {

constexpr int seconds_digits = 3;
constexpr int percent_digits = 2;

std::optional<std::string> utc(std::optional<Time> time) {
  return time ? std::optional(format_timestamp(*time)) : std::nullopt;
}

void write_percent(JsonWriter& json, std::string_view name, const Totals::Percent& stats) {
  json.key(name);
  if (!stats.max) return void(json.null());
  json.begin_object().field("mean", rounded(*stats.mean(), percent_digits));
  json.field("max", rounded(*stats.max, percent_digits)).end_object();
}

void write_apps(JsonWriter& json, std::string_view name, const std::vector<AppRow>& rows) {
  json.key(name).array(rows, [&](const AppRow& row) {
    json.begin_object().field("app", row.app).field("active_sec", rounded(row.totals.active_sec, seconds_digits));
    json.field("key_count", row.totals.key_count);
    if (row.is_rest) json.field("rest", true);
    json.end_object();
  });
}

void write_sums(JsonWriter& json, const Totals& totals, bool of_input) {
  for (const SummedField& row : summed_fields)
    if (row.of_input() == of_input) json.field(row.name, totals.sum(row));
}

void write_totals(JsonWriter& json, const Totals& totals) {
  json.field("events", totals.events);
  write_sums(json, totals, true);
  // Idle is the difference of what is shown, so that the three add up to the last digit.
  const double observed = rounded(totals.observed_sec, seconds_digits);
  const double active = rounded(totals.active_sec, seconds_digits);
  json.field("observed_sec", observed);
  json.field("active_sec", active);
  json.field("idle_sec", rounded(observed - active, seconds_digits));
  json.field("scripted_sec", rounded(totals.scripted_sec, seconds_digits));
  json.field("first_activity", utc(totals.first_activity));
  json.field("last_activity", utc(totals.last_activity));
  write_percent(json, "cpu_percent", totals.cpu);
  write_percent(json, "ram_used_percent", totals.ram);
  write_percent(json, "disk_used_percent", totals.disk);
  write_sums(json, totals, false);
  write_apps(json, "top_apps", top_apps(totals));
}

void write_summary(JsonWriter& json, const Totals& totals, bool all_apps) {
  write_totals(json, totals);
  if (all_apps) write_apps(json, "apps", top_apps(totals, totals.apps.size()));
}

void write_day(JsonWriter& json, const DayReport& report) {
  json.field("machine_id", report.machine_id).field("date", format_date(report.date));
  json.field("timezone", report.timezone);
}

void write_period(JsonWriter& json, const PeriodReport& report) {
  json.field("machine_id", report.machine_id);
  json.field("from", format_date(report.first)).field("to", format_date(report.last));
  json.field("timezone", report.timezone);
  json.field("start", format_timestamp(report.range.start)).field("end", format_timestamp(report.range.end));
}

namespace json = boost::json;

/// Thrown and caught only in this file: a DOM is read field by field, and each may be missing.
struct BadAnswer : std::runtime_error {
  using std::runtime_error::runtime_error;
  BadAnswer(std::string_view name, const char* what) : std::runtime_error("'" + std::string(name) + "' " + what) {}
};

const json::value& member(const json::object& object, std::string_view name) {
  if (const json::value* value = object.if_contains(name)) return *value;
  throw BadAnswer(name, "is missing");
}

template <class T>
T number(const json::object& object, std::string_view name) {
  json::error_code error;
  const T value = member(object, name).to_number<T>(error);
  if (error) throw BadAnswer(name, "is not a number of its kind");
  return value;
}

std::string text(const json::object& object, std::string_view name) {
  if (const json::string* text = member(object, name).if_string()) return std::string(*text);
  throw BadAnswer(name, "is not a string");
}

const json::object& as_object(const json::value& value, std::string_view name) {
  if (const json::object* object = value.if_object()) return *object;
  throw BadAnswer(name, "is not an object");
}

const json::array& array(const json::object& object, std::string_view name) {
  if (const json::array* array = member(object, name).if_array()) return *array;
  throw BadAnswer(name, "is not an array");
}

Time time(const json::object& object, std::string_view name) {
  if (const auto parsed = parse_timestamp(text(object, name))) return *parsed;
  throw BadAnswer(name, "is not a time");
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

Totals::Percent percent(const json::object& object, std::string_view name, double seconds) {
  Totals::Percent stats;
  const json::value& value = member(object, name);
  if (value.is_null()) return stats;
  const json::object& both = as_object(value, name);
  stats.add(number<double>(both, "mean"), seconds);
  stats.max = number<double>(both, "max");
  return stats;
}

decltype(Totals::apps) apps(const json::object& object, std::string_view name) {
  decltype(Totals::apps) apps;
  for (const json::value& value : array(object, name)) {
    const json::object& app = as_object(value, name);
    const bool is_rest = app.contains("rest");
    apps[is_rest ? std::string(other_apps) : text(app, "app")] = {number<double>(app, "active_sec"),
                                                                  number<std::int64_t>(app, "key_count")};
  }
  return apps;
}

Totals totals(const json::object& object) {
  Totals t;
  t.events = number<std::int64_t>(object, "events");
  for (const SummedField& row : summed_fields)  // an older server does not have all of them
    t.sum(row) = object.contains(row.name) ? number<std::int64_t>(object, row.name) : 0;
  t.observed_sec = number<double>(object, "observed_sec");
  t.active_sec = number<double>(object, "active_sec");
  t.scripted_sec = number<double>(object, "scripted_sec");
  t.first_activity = maybe_time(object, "first_activity");
  t.last_activity = maybe_time(object, "last_activity");
  // The time behind a mean is not in the answer; the time observed is all of it but where a reading was missing.
  const double weight = t.observed_sec > 0 ? t.observed_sec : 1;
  t.cpu = percent(object, "cpu_percent", weight);
  t.ram = percent(object, "ram_used_percent", weight);
  t.disk = percent(object, "disk_used_percent", weight);
  t.apps = apps(object, "top_apps");
  return t;
}

UnobservedTime gap(const json::value& value) {
  const json::object& row = as_object(value, "gaps");
  const auto name = parse_gap(text(row, "name"));
  if (!name) throw BadAnswer("name", "is no gap's");
  return {time(row, "from"), time(row, "to"), *name};
}

DayReport::HourRow hour(const json::value& value) {
  const json::object& row = as_object(value, "hours");
  return {.start = time(row, "start"), .offset_min = offset_of(text(row, "start")), .totals = totals(row)};
}

Date date(const json::object& object) {
  if (const auto parsed = parse_date(text(object, "date"))) return *parsed;
  throw BadAnswer("date", "is not a date");
}

DayReport head_of_day(const json::object& object) {
  return {text(object, "machine_id"), date(object), text(object, "timezone"), {}, {}, {}, {}};
}

/// Runs `read` on the object that an answer is, and turns its complaints into an error.
template <class Read>
auto decoded(std::string_view body, Read read) -> Result<decltype(read(json::object()))> {
  try {
    json::error_code error;
    const json::value value = json::parse(body, error);
    if (error) throw BadAnswer("it is not JSON");
    return read(as_object(value, "it"));
  } catch (const BadAnswer& bad) {
    return Error{ErrorCode::invalid_input, std::string("the server's answer cannot be read: ") + bad.what() +
                                               "; is it an activitytrack-server of this version?"};
  }
}

}  // namespace

std::string encode_totals(const Totals& totals) {
  return json_object([&](JsonWriter& json) { write_totals(json, totals); });
}

std::string encode_summary(const DayReport& report, bool all_apps) {
  const int first = report.hours.empty() ? 0 : report.hours.front().offset_min;
  const int last = report.hours.empty() ? 0 : report.hours.back().offset_min;
  return json_object([&](JsonWriter& json) {
    write_day(json, report);
    json.field("start", format_timestamp(report.range.start, first));
    json.field("end", format_timestamp(report.range.end, last));
    write_summary(json, report.totals, all_apps);
  });
}

std::string encode_summary(const PeriodReport& report, bool all_apps) {
  return json_object([&](JsonWriter& json) {
    write_period(json, report);
    write_summary(json, report.totals, all_apps);
  });
}

std::string encode_timeline(const PeriodReport& report) {
  return json_object([&](JsonWriter& json) {
    write_period(json, report);
    json.key("days").array(report.days, [&](const DayRow& row) {
      json.begin_object().field("date", format_date(row.date));
      write_totals(json, row.totals);
      json.end_object();
    });
  });
}

std::string encode_timeline(const DayReport& report) {
  return json_object([&](JsonWriter& json) {
    write_day(json, report);
    json.key("hours").array(report.hours, [&](const DayReport::HourRow& row) {
      json.begin_object().field("start", format_timestamp(row.start, row.offset_min)).field("hour", hour_of_day(row));
      write_totals(json, row.totals);
      json.end_object();
    });
    json.key("gaps").array(report.gaps, [&](const UnobservedTime& gap) {
      json.begin_object().field("from", format_timestamp(gap.from)).field("to", format_timestamp(gap.to));
      json.field("name", to_string(gap.name)).end_object();
    });
  });
}

Result<DayReport> decode_summary(std::string_view body) {
  return decoded(body, [](const json::object& summary) {
    DayReport report = head_of_day(summary);
    report.range = {time(summary, "start"), time(summary, "end")};
    report.totals = totals(summary);
    return report;
  });
}

Result<DayReport> decode_timeline(std::string_view body) {
  return decoded(body, [](const json::object& timeline) {
    DayReport report = head_of_day(timeline);
    for (const json::value& row : array(timeline, "hours")) report.hours.push_back(hour(row));
    if (!timeline.contains("gaps")) return report;  // an older server
    for (const json::value& row : array(timeline, "gaps")) report.gaps.push_back(gap(row));
    return report;
  });
}

Result<std::vector<DayRow>> decode_days(std::string_view body) {
  return decoded(body, [](const json::object& timeline) {
    std::vector<DayRow> rows;
    for (const json::value& value : array(timeline, "days")) {
      const json::object& row = as_object(value, "days");
      rows.push_back({date(row), totals(row)});
    }
    return rows;
  });
}

Result<Totals> decode_all_apps(std::string_view body) {
  return decoded(body, [](const json::object& summary) {
    Totals sum = totals(summary);
    sum.apps = apps(summary, "apps");
    return sum;
  });
}

}  // namespace activitytrack
