#include "server/api/parameters.hpp"

#include <activitytrack/core/clock.hpp>

#include <sodium/utils.h>

#include <charconv>
#include <utility>

namespace activitytrack::server {
namespace {

constexpr std::string_view cursor_prefix = "t";
constexpr std::string_view name_cursor_prefix = "n";
constexpr std::string_view wrong_cursor = "must be the next_cursor of an answer, as it was";
constexpr std::chrono::days max_asked_days{3660};
constexpr int base64_variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;

Error wrong_parameter(std::string_view name, std::string_view what) {
  return {ErrorCode::invalid_input, std::string(name) + ": " + std::string(what)};
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

Result<std::optional<Time>> time_parameter(const Target& target, std::string_view name) {
  const std::string* given = target.find(name);
  if (!given) return std::optional<Time>();
  std::string text = *given;
  constexpr std::size_t offset_chars = 6;  // "+01:00"
  if (text.size() > offset_chars && text[text.size() - offset_chars] == ' ') text[text.size() - offset_chars] = '+';
  const auto time = parse_timestamp(text);
  if (!time) return wrong_parameter(name, time.error().message);
  return std::optional<Time>(*time);
}

Result<TimeRange> range_parameters(const Target& target) {
  const auto start = time_parameter(target, "start");
  if (!start) return start.error();
  const auto end = time_parameter(target, "end");
  if (!end) return end.error();
  const TimeRange range{start->value_or(Time{}), end->value_or(Time::max())};
  if (range.end < range.start) return wrong_parameter("end", "must not be before start");
  return range;
}

Result<std::size_t> count_parameter(const Target& target, std::string_view name, std::size_t otherwise, std::size_t max,
                                    std::size_t min) {
  const std::string* given = target.find(name);
  if (!given) return otherwise;
  const auto number = parse_number<std::size_t>(*given);
  if (!number || *number < min || *number > max) {
    return wrong_parameter(name, "must be a whole number from " + std::to_string(min) + " to " + std::to_string(max));
  }
  return *number;
}

Result<std::optional<Date>> date_parameter(const Target& target, std::string_view name) {
  const std::string* given = target.find(name);
  if (!given) return std::optional<Date>();
  const auto date = parse_date(*given);
  if (!date) return wrong_parameter(name, date.error().message);
  return std::optional<Date>(*date);
}

std::string make_cursor(Time last) {
  return std::string(cursor_prefix) + std::to_string(last.time_since_epoch().count());
}

Result<std::optional<Time>> cursor_parameter(const Target& target, std::string_view name) {
  const std::string* given = target.find(name);
  if (!given) return std::optional<Time>();
  std::optional<std::int64_t> micros;
  if (given->starts_with(cursor_prefix)) {
    micros = parse_number<std::int64_t>(std::string_view(*given).substr(cursor_prefix.size()));
  }
  const bool in_range = micros && *micros >= 0 && *micros < INT64_MAX;
  if (!in_range) return wrong_parameter(name, wrong_cursor);
  return std::optional<Time>(Time(std::chrono::microseconds(*micros)));
}

std::string make_name_cursor(std::string_view last) {
  std::string text(sodium_base64_ENCODED_LEN(last.size(), base64_variant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(last.data()), last.size(),
                    base64_variant);
  text.pop_back();  // sodium ends it with a zero
  return std::string(name_cursor_prefix) + text;
}

Result<std::string> name_cursor_parameter(const Target& target, std::string_view name) {
  const std::string* given = target.find(name);
  if (!given) return std::string();
  if (!given->starts_with(name_cursor_prefix)) return wrong_parameter(name, wrong_cursor);
  const auto text = std::string_view(*given).substr(name_cursor_prefix.size());
  std::string last(text.size(), '\0');
  std::size_t size = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(last.data()), last.size(), text.data(), text.size(), nullptr,
                        &size, nullptr, base64_variant) != 0 ||
      size == 0) {
    return wrong_parameter(name, wrong_cursor);
  }
  last.resize(size);
  return last;
}

Result<AskedDays> read_asked_days(const Target& target) {
  AskedDays asked;
  for (const auto& [name, place] : {std::pair("date", &asked.date), {"from", &asked.from}, {"to", &asked.to}}) {
    const auto date = date_parameter(target, name);
    if (!date) return date.error();
    *place = *date;
  }
  if (asked.from.has_value() != asked.to.has_value()) return Error{ErrorCode::invalid_input, "from and to go together"};
  if (asked.from && asked.date) return wrong_parameter("date", "either this, or from and to");
  if (asked.from && *asked.to < *asked.from) return wrong_parameter("to", "must not be before from");
  if (asked.from && std::chrono::sys_days(*asked.to) - std::chrono::sys_days(*asked.from) >= max_asked_days)
    return wrong_parameter("to", "at most 3660 days at a time");
  const std::string* zone = target.find("tz");
  if (zone && zone->empty()) return wrong_parameter("tz", "must be a time zone such as Europe/Berlin");
  if (zone) asked.zone = *zone;
  return asked;
}

Date today(const std::string& machine_zone, const std::string& asked_zone, Time now) {
  const std::string& zone = asked_zone.empty() ? machine_zone : asked_zone;
  const auto date = today_in_zone(now, zone);
  return date ? *date : date_at(now, 0);
}

}  // namespace activitytrack::server
