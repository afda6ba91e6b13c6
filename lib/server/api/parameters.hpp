#pragma once

#include "server/http/message.hpp"

#include <activitytrack/core/result.hpp>
#include "report/summary.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::server {

// Query parameters. An error names the parameter and says what it takes.

/// A time; an offset's "+" may have become a space on its way. nullopt if not given.
Result<std::optional<Time>> time_parameter(const Target& target, std::string_view name);

/// `start` and `end`, half-open; all time where they are not given.
Result<TimeRange> range_parameters(const Target& target);

/// A whole number in [min, max]; `otherwise` if not given.
Result<std::size_t> count_parameter(const Target& target, std::string_view name, std::size_t otherwise, std::size_t max,
                                    std::size_t min = 1);

/// A date; nullopt if not given.
Result<std::optional<Date>> date_parameter(const Target& target, std::string_view name);

/// The opaque text that stands for "after this event" in an answer's `next_cursor`, and back.
std::string make_cursor(Time last);
Result<std::optional<Time>> cursor_parameter(const Target& target, std::string_view name);

/// The same after a name, in the order of names; "" if not given.
std::string make_name_cursor(std::string_view last);
Result<std::string> name_cursor_parameter(const Target& target, std::string_view name);

/// {"NAME":[...],"next_cursor":...} of the first `limit` rows: one more was read if there is a next page. `append`
/// writes a row; `make` makes the cursor after the last one shown.
template <class Row, class Append, class MakeCursor>
std::string page_json(std::string_view name, const std::vector<Row>& rows, std::size_t limit, Append append,
                      MakeCursor make) {
  std::string json = "{\"" + std::string(name) + "\":[";
  for (std::size_t i = 0; i < rows.size() && i < limit; ++i) {
    if (i > 0) json += ',';
    append(json, rows[i]);
  }
  json += "],\"next_cursor\":";
  json += rows.size() > limit ? '"' + make(rows[limit - 1]) + '"' : "null";
  return json += '}';
}

/// The days that a request asks for: `date`, or `from` and `to`; none of them: today.
struct AskedDays {
  std::optional<Date> date, from, to;
  std::string zone;  ///< `tz`; "": on the machine's own clock
};
Result<AskedDays> read_asked_days(const Target& target);

/// Today on the machine's own clock, or in the zone asked for; in UTC if neither is known.
Date today(const std::string& machine_zone, const std::string& asked_zone, Time now);

}  // namespace activitytrack::server
