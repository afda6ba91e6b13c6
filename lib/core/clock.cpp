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

/// Takes what has the form of `mask` off the front of `text`; "" if it does not begin so.
std::string_view take_form(std::string_view& text, std::string_view mask) {
  if (text.size() < mask.size() || !has_form(text.substr(0, mask.size()), mask)) return {};
  const auto taken = text.substr(0, mask.size());
  text.remove_prefix(mask.size());
  return taken;
}

/// Takes ".123" off the front of `text`, of which more than six digits are cut off; nullopt for a "." without digits.
std::optional<microseconds> take_fraction(std::string_view& text) {
  if (!text.starts_with('.') && !text.starts_with(',')) return microseconds(0);
  text.remove_prefix(1);
  const auto end = std::ranges::find_if_not(text, is_digit);
  std::string digits(text.begin(), end);
  text.remove_prefix(digits.size());
  if (digits.empty()) return std::nullopt;
  digits.resize(6, '0');
  return microseconds(number(digits));
}

struct TimeOfDay {
  int hour = 0, minute = 0, second = 0;
  microseconds fraction{0};

  bool is_good() const { return hour <= 23 && minute <= 59 && second <= 60; }
  microseconds since_midnight() const { return hours(hour) + minutes(minute) + seconds(second) + fraction; }
};

/// "10:30:00.123", or without what comes after the minutes.
std::optional<TimeOfDay> take_time_of_day(std::string_view& text) {
  const auto clock = take_form(text, "00:00");
  if (clock.empty()) return std::nullopt;
  TimeOfDay time{.hour = number(clock.substr(0, 2)), .minute = number(clock.substr(3, 2))};
  if (const auto second = take_form(text, ":00"); !second.empty()) {
    time.second = number(second.substr(1));
    const auto fraction = take_fraction(text);
    if (!fraction) return std::nullopt;
    time.fraction = *fraction;
  }
  return time.is_good() ? std::optional(time) : std::nullopt;
}

/// "Z", "+01:00", "+0100", "+01" or "UTC", perhaps behind a space; nullopt for all else.
std::optional<minutes> offset_of(std::string_view text) {
  if (text == "Z" || text == "z") return minutes(0);
  if (text.starts_with(' ')) text.remove_prefix(1);
  if (text == "UTC" || text == "GMT") return minutes(0);
  if (!text.starts_with('+') && !text.starts_with('-')) return std::nullopt;
  const auto digits = text.substr(1);
  if (!has_form(digits, "00:00") && !has_form(digits, "0000") && !has_form(digits, "00")) return std::nullopt;
  const int hour = number(digits.substr(0, 2)),
            minute = digits.size() > 2 ? number(digits.substr(digits.size() - 2)) : 0;
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
  static constexpr auto no_offset =
      "must say how far it is from UTC, as 2024-01-15T10:30:00Z and 2024-01-15T11:30:00+01:00 do; "
      "in Python: datetime.now(timezone.utc).isoformat()";
  const auto day_text = take_form(text, "0000-00-00");
  const bool is_parted = text.starts_with('T') || text.starts_with('t') || text.starts_with(' ');
  if (day_text.empty() || !is_parted) return bad_time(shape);
  text.remove_prefix(1);
  const int year = number(day_text.substr(0, 4)), month = number(day_text.substr(5, 2)),
            day = number(day_text.substr(8));
  const auto time_of_day = take_time_of_day(text);
  if (!time_of_day || month < 1 || month > 12 || day < 1 || day > 31) return bad_time(shape);
  if (text.empty()) return bad_time(no_offset);
  const auto offset = offset_of(text);
  if (!offset) return bad_time(shape);

  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(unsigned(month)),
                                         std::chrono::day(unsigned(day))};
  if (!date.ok()) return bad_time("is not a day of the calendar");
  const Time time = sys_days(date) + time_of_day->since_midnight() - *offset;
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
