#include "net/http_answer.hpp"

#include "core/json_reader.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>

namespace activitytrack {
namespace {

constexpr std::size_t max_problem_bytes = 16 << 10;
constexpr std::size_t max_text_bytes = 200;

using std::chrono::seconds;

constexpr seconds longest = std::chrono::hours(1);

struct DateParts {
  int year = -1, day = -1, hour = -1, minute = -1, second = -1;
  std::array<char, 4> month{};
};

int month_number(std::string_view name) {
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  const std::size_t at = name.size() == 3 ? months.find(name) : std::string_view::npos;
  return at == std::string_view::npos || at % 3 != 0 ? 0 : static_cast<int>(at / 3) + 1;
}

std::optional<Time> to_time(const DateParts& parts) {
  namespace chr = std::chrono;
  const int month = month_number(parts.month.data());
  const chr::year_month_day date{chr::year(parts.year), chr::month(static_cast<unsigned>(month)),
                                 chr::day(static_cast<unsigned>(parts.day))};
  if (parts.year < 1970 || parts.year > 9999 || !date.ok()) return std::nullopt;
  if (parts.hour < 0 || parts.hour > 23 || parts.minute < 0 || parts.minute > 59) return std::nullopt;
  if (parts.second < 0 || parts.second > 60) return std::nullopt;
  return chr::sys_days(date) + chr::hours(parts.hour) + chr::minutes(parts.minute) + seconds(parts.second);
}

/// Two digits of a year: what would be more than 50 years ahead is in the past (RFC 9110). "Ahead" is seen
/// from 2020 here, which is near enough for a wait of at most an hour.
int full_year(int two_digits) { return two_digits < 70 ? 2000 + two_digits : 1900 + two_digits; }

}  // namespace

std::string problem_text(const HttpResponse& response, std::string_view secret) {
  if (response.body.size() > max_problem_bytes) return {};
  if (!response.field("Content-Type").starts_with("application/problem+json")) return {};
  const auto body = parse_json_object(response.body);
  if (!body) return {};
  std::string text = json_text(*body, "title");
  const std::string detail = json_text(*body, "detail");
  if (!text.empty() && !detail.empty()) text += ": ";
  text += detail;
  if (!secret.empty() && text.find(secret) != std::string::npos) return {};
  return clean_utf8(text, max_text_bytes);
}

std::optional<Time> parse_http_date(std::string_view value) {
  const std::string text(value.substr(0, 64));
  DateParts p;
  int end = 0;  // written by %n, so only where all before it fits
  // sscanf's own words do not depend on the locale, unlike strptime's.
  std::sscanf(text.c_str(), "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &p.day, p.month.data(), &p.year,
              &p.hour, &p.minute, &p.second, &end);
  if (end > 0) return to_time(p);
  std::sscanf(text.c_str(), "%*9[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT%n", &p.day, p.month.data(), &p.year,
              &p.hour, &p.minute, &p.second, &end);
  if (end > 0) return p.year = full_year(p.year), to_time(p);
  std::sscanf(text.c_str(), "%*3[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d%n", p.month.data(), &p.day, &p.hour, &p.minute,
              &p.second, &p.year, &end);
  return end > 0 ? to_time(p) : std::nullopt;
}

std::optional<seconds> parse_retry_after(std::string_view value, Time now) {
  if (!value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos)
    return seconds(std::min(parse_number<seconds::rep>(value).value_or(longest.count()), longest.count()));
  const std::optional<Time> date = parse_http_date(value);
  if (!date) return std::nullopt;
  return std::clamp(std::chrono::ceil<seconds>(*date - now), seconds(0), longest);
}

}  // namespace activitytrack
