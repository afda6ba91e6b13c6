#include <activitytrack/core/clock.hpp>

#include "core/text.hpp"

#include <time.h>

#include <algorithm>
#include <cstdio>
#include <optional>

namespace activitytrack {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;

class SystemClock final : public Clock {
 public:
  ClockReading read() const noexcept override {
    const Ticks ticks = std::chrono::floor<microseconds>(std::chrono::steady_clock::now());
    return {std::chrono::floor<microseconds>(std::chrono::system_clock::now()), ticks, slept_at(ticks)};
  }

 private:
  static microseconds slept_at([[maybe_unused]] Ticks ticks) noexcept {
#ifdef CLOCK_BOOTTIME
    timespec since_boot{};
    if (::clock_gettime(CLOCK_BOOTTIME, &since_boot) == 0) {
      const auto with_sleep = seconds(since_boot.tv_sec) + std::chrono::nanoseconds(since_boot.tv_nsec);
      return std::chrono::floor<microseconds>(with_sleep) - ticks.time_since_epoch();
    }
#endif
    return microseconds(0);
  }
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether `text` has the form of `mask`, in which "0" stands for any digit and all else for itself.
bool has_form(std::string_view text, std::string_view mask) {
  return std::ranges::equal(text, mask,
                            [](char c, char in_mask) { return in_mask == '0' ? is_digit(c) : c == in_mask; });
}

int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

/// Takes ".123" off the front of `text`, of which more than six digits are cut off; nullopt for a "." without digits.
std::optional<microseconds> take_fraction(std::string_view& text) {
  if (!text.starts_with('.')) return microseconds(0);
  text.remove_prefix(1);
  const auto end = std::ranges::find_if_not(text, is_digit);
  std::string digits(text.begin(), end);
  text.remove_prefix(digits.size());
  if (digits.empty()) return std::nullopt;
  digits.resize(6, '0');
  return microseconds(number(digits));
}

/// "Z", or "+01:00"; nullopt for all else.
std::optional<minutes> offset_of(std::string_view text) {
  if (text == "Z" || text == "z") return minutes(0);
  if (!has_form(text, "+00:00") && !has_form(text, "-00:00")) return std::nullopt;
  const int hour = number(text.substr(1, 2)), minute = number(text.substr(4, 2));
  if (hour > 23 || minute > 59) return std::nullopt;
  const minutes offset = hours(hour) + minutes(minute);
  return text[0] == '-' ? -offset : offset;
}

Error bad_time(const char* why) { return {ErrorCode::invalid_input, why}; }

std::string format_local(Time local) {
  const auto day = std::chrono::floor<days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(local - day);
  const long long fraction = clock.subseconds().count();
  char text[64];
  int n = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", int(date.year()), unsigned(date.month()),
                        unsigned(date.day()), int(clock.hours().count()), int(clock.minutes().count()),
                        int(clock.seconds().count()));
  std::string out(text, static_cast<std::size_t>(n));
  if (fraction != 0) {
    const bool whole_ms = fraction % 1000 == 0;
    n = std::snprintf(text, sizeof text, ".%0*lld", whole_ms ? 3 : 6, whole_ms ? fraction / 1000 : fraction);
    out.append(text, static_cast<std::size_t>(n));
  }
  return out;
}

}  // namespace

Clock& system_clock() noexcept {
  static SystemClock clock;
  return clock;
}

Result<Time> parse_timestamp(std::string_view text) {
  static constexpr auto shape = "must be an RFC 3339 time such as 2024-01-15T10:30:00Z";
  constexpr std::string_view date_form = "0000-00-00", time_form = "00:00:00", separators = "Tt ";
  constexpr std::size_t length = date_form.size() + 1 + time_form.size();
  if (text.size() < length || !has_form(text.substr(0, date_form.size()), date_form) ||
      separators.find(text[date_form.size()]) == separators.npos ||
      !has_form(text.substr(date_form.size() + 1, time_form.size()), time_form)) {
    return bad_time(shape);
  }
  const int year = number(text.substr(0, 4)), month = number(text.substr(5, 2)), day = number(text.substr(8, 2));
  const int hour = number(text.substr(11, 2)), minute = number(text.substr(14, 2)), second = number(text.substr(17, 2));
  text.remove_prefix(length);
  const auto fraction = take_fraction(text);
  const auto offset = offset_of(text);
  const bool in_range =
      month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59 && second <= 60;
  if (!in_range || !fraction || !offset) return bad_time(shape);

  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(unsigned(month)),
                                         std::chrono::day(unsigned(day))};
  if (!date.ok()) return bad_time("is not a day of the calendar");
  const Time time = sys_days(date) + hours(hour) + minutes(minute) + seconds(second) + *fraction - *offset;
  static constexpr Time first = sys_days(std::chrono::year(1970) / 1 / 1);
  static constexpr Time last = sys_days(std::chrono::year(2200) / 1 / 1);
  if (time < first || time >= last) return bad_time("must lie in the years 1970 to 2199");
  return time;
}

std::string format_timestamp(Time time) { return format_local(time) + "Z"; }

std::string format_timestamp(Time time, int offset_min) {
  return format_local(time + minutes(offset_min)) + offset_text(offset_min);
}

}  // namespace activitytrack
