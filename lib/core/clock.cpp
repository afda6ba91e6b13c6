#include <activitytrack/core/clock.hpp>

#include <cstdio>
#include <cstdlib>

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
    return {std::chrono::floor<microseconds>(std::chrono::system_clock::now()),
            std::chrono::floor<microseconds>(std::chrono::steady_clock::now())};
  }
};

/// Takes fixed-width parts off the front of a text; once one fails, all do.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  int digits(std::size_t count, int least, int most) {
    if (!ok_ || rest_.size() < count) return fail();
    int number = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (rest_[i] < '0' || rest_[i] > '9') return fail();
      number = number * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(count);
    return number < least || number > most ? fail() : number;
  }

  char one_of(std::string_view accepted) {
    if (!ok_ || rest_.empty() || accepted.find(rest_[0]) == std::string_view::npos) {
      fail();
      return 0;
    }
    const char c = rest_[0];
    rest_.remove_prefix(1);
    return c;
  }

  /// ".123": at least one digit, what is beyond six is cut off.
  microseconds fraction() {
    if (!ok_ || rest_.empty() || rest_[0] != '.') return microseconds(0);
    rest_.remove_prefix(1);
    int value = 0, scale = 1'000'000;
    bool any = false;
    for (; !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9'; rest_.remove_prefix(1)) {
      any = true;
      scale /= 10;
      value += scale * (rest_[0] - '0');
    }
    if (!any) fail();
    return microseconds(value);
  }

  bool done() const { return ok_ && rest_.empty(); }

 private:
  int fail() {
    ok_ = false;
    return 0;
  }

  std::string_view rest_;
  bool ok_ = true;
};

minutes scan_offset(Scanner& scan) {
  const char sign = scan.one_of("Zz+-");
  if (sign != '+' && sign != '-') return minutes(0);
  const int hour = scan.digits(2, 0, 23);
  scan.one_of(":");
  const minutes offset = hours(hour) + minutes(scan.digits(2, 0, 59));
  return sign == '-' ? -offset : offset;
}

Error bad_time(const char* why) { return {ErrorCode::invalid_input, why}; }

std::string format_local(Time local, const char* suffix) {
  const auto day = std::chrono::floor<days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(local - day);
  const long long fraction = clock.subseconds().count();
  char text[64];
  int n = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", int(date.year()), unsigned(date.month()),
                        unsigned(date.day()), int(clock.hours().count()), int(clock.minutes().count()),
                        int(clock.seconds().count()));
  std::string out(text, static_cast<std::size_t>(n));
  if (fraction % 1000 != 0) {
    n = std::snprintf(text, sizeof text, ".%06lld", fraction);
    out.append(text, static_cast<std::size_t>(n));
  } else if (fraction != 0) {
    n = std::snprintf(text, sizeof text, ".%03lld", fraction / 1000);
    out.append(text, static_cast<std::size_t>(n));
  }
  return out += suffix;
}

}  // namespace

Clock& system_clock() noexcept {
  static SystemClock clock;
  return clock;
}

Result<Time> parse_timestamp(std::string_view text) {
  static constexpr auto shape = "must be an RFC 3339 time such as 2024-01-15T10:30:00Z";
  Scanner scan(text);
  const int year = scan.digits(4, 0, 9999);
  scan.one_of("-");
  const int month = scan.digits(2, 1, 12);
  scan.one_of("-");
  const int day = scan.digits(2, 1, 31);
  scan.one_of("Tt ");
  const int hour = scan.digits(2, 0, 23);
  scan.one_of(":");
  const int minute = scan.digits(2, 0, 59);
  scan.one_of(":");
  const int second = scan.digits(2, 0, 60);
  const microseconds fraction = scan.fraction();
  const minutes offset = scan_offset(scan);
  if (!scan.done()) return bad_time(shape);

  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(unsigned(month)),
                                         std::chrono::day(unsigned(day))};
  if (!date.ok()) return bad_time("is not a day of the calendar");
  const Time time = sys_days(date) + hours(hour) + minutes(minute) + seconds(second) + fraction - offset;
  static constexpr Time first = sys_days(std::chrono::year(1970) / 1 / 1);
  static constexpr Time last = sys_days(std::chrono::year(2200) / 1 / 1);
  if (time < first || time >= last) return bad_time("must lie in the years 1970 to 2199");
  return time;
}

std::string format_timestamp(Time time) { return format_local(time, "Z"); }

std::string format_timestamp(Time time, int offset_min) {
  char suffix[16];
  std::snprintf(suffix, sizeof suffix, "%c%02d:%02d", offset_min < 0 ? '-' : '+', std::abs(offset_min) / 60,
                std::abs(offset_min) % 60);
  return format_local(time + minutes(offset_min), suffix);
}

}  // namespace activitytrack
