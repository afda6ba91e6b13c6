#include <activitytrack/core/clock.hpp>
#include "report/period.hpp"

#include "core/json_writer.hpp"

namespace activitytrack {
namespace {

constexpr int seconds_digits = 3;
constexpr int percent_digits = 2;

std::optional<std::string> utc(std::optional<Time> time) {
  if (!time) return std::nullopt;
  return format_timestamp(*time);
}

void write_percent(JsonWriter& json, std::string_view name, const PercentStats& stats) {
  json.key(name);
  if (!stats.max) {
    json.null();
    return;
  }
  json.begin_object();
  json.field("mean", rounded(*stats.mean(), percent_digits));
  json.field("max", rounded(*stats.max, percent_digits));
  json.end_object();
}

void write_apps(JsonWriter& json, const Totals& totals) {
  json.key("top_apps").begin_array();
  for (const AppRow& row : top_apps(totals)) {
    json.begin_object();
    json.field("app", row.app);
    json.field("active_sec", rounded(row.totals.active_sec, seconds_digits));
    json.field("key_count", row.totals.key_count);
    json.end_object();
  }
  json.end_array();
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
  write_apps(json, totals);
}

void write_day(JsonWriter& json, const DayReport& report) {
  json.field("machine_id", report.machine_id);
  json.field("date", format_date(report.date));
  json.field("timezone", report.timezone);
}

void write_period(JsonWriter& json, const PeriodReport& report) {
  json.field("machine_id", report.machine_id);
  json.field("from", format_date(report.first));
  json.field("to", format_date(report.last));
  json.field("timezone", report.timezone);
  json.field("start", format_timestamp(report.range.start));
  json.field("end", format_timestamp(report.range.end));
}

}  // namespace

std::string encode_totals(const Totals& totals) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_totals(json, totals);
  json.end_object();
  return out;
}

std::string encode_summary(const DayReport& report) {
  const int first = report.hours.empty() ? 0 : report.hours.front().offset_min;
  const int last = report.hours.empty() ? 0 : report.hours.back().offset_min;
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_day(json, report);
  json.field("start", format_timestamp(report.range.start, first));
  json.field("end", format_timestamp(report.range.end, last));
  write_totals(json, report.totals);
  json.end_object();
  return out;
}

std::string encode_summary(const PeriodReport& report) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_period(json, report);
  write_totals(json, report.totals);
  json.end_object();
  return out;
}

std::string encode_timeline(const PeriodReport& report) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_period(json, report);
  json.key("days").begin_array();
  for (const DayRow& row : report.days) {
    json.begin_object();
    json.field("date", format_date(row.date));
    write_totals(json, row.totals);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

std::string encode_timeline(const DayReport& report) {
  std::string out;
  JsonWriter json(out);
  json.begin_object();
  write_day(json, report);
  json.key("hours").begin_array();
  for (const HourRow& row : report.hours) {
    json.begin_object();
    json.field("start", format_timestamp(row.start, row.offset_min));
    json.field("hour", hour_of_day(row));
    write_totals(json, row.totals);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return out;
}

}  // namespace activitytrack
