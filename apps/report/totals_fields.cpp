#include "totals_fields.hpp"

#include "core/json_writer.hpp"
#include "csv.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::report {
namespace {

std::string seconds(double value) { return number_text(rounded(value, 3)); }

std::string percent(const std::optional<double>& value) { return value ? number_text(rounded(*value, 2)) : ""; }

std::string utc(const std::optional<Time>& time) { return time ? format_timestamp(*time) : ""; }

}  // namespace

std::vector<std::pair<std::string_view, std::string>> totals_fields(const Totals& t) {
  std::vector<std::pair<std::string_view, std::string>> fields{{"events", number_text(t.events)}};
  const auto add_sums = [&](bool of_input) {
    for (const SummedField& row : summed_fields)
      if (row.of_input() == of_input) fields.emplace_back(row.name, number_text(t.sum(row)));
  };
  add_sums(true);
  fields.insert(fields.end(), {{"observed_sec", seconds(t.observed_sec)},
                               {"active_sec", seconds(t.active_sec)},
                               {"idle_sec", seconds(t.idle_sec())},
                               {"scripted_sec", seconds(t.scripted_sec)},
                               {"first_activity", utc(t.first_activity)},
                               {"last_activity", utc(t.last_activity)},
                               {"cpu_percent_mean", percent(t.cpu.mean())},
                               {"cpu_percent_max", percent(t.cpu.max)},
                               {"ram_used_percent_mean", percent(t.ram.mean())},
                               {"ram_used_percent_max", percent(t.ram.max)},
                               {"disk_used_percent_mean", percent(t.disk.mean())},
                               {"disk_used_percent_max", percent(t.disk.max)}});
  add_sums(false);
  return fields;
}

}  // namespace activitytrack::report
