#include "dates.hpp"

namespace activitytrack::report {
namespace {

constexpr int most_days = 1100;  // three years: a report that a person can still read

Error wrong(const char* what) { return {ErrorCode::invalid_input, what}; }

Result<Date> resolve(const std::string& text, Date today) {
  if (text.empty() || text == "today") return today;
  if (text == "yesterday") return Date(std::chrono::sys_days(today) - std::chrono::days(1));
  return parse_date(text);
}

}  // namespace

bool is_date_word(std::string_view text) { return text == "today" || text == "yesterday"; }

Result<Dates> resolve_dates(const ReportSettings& settings, Date today) {
  const bool several = !settings.from.empty() || !settings.to.empty();
  if (several && !settings.date.empty()) return wrong("give --date, or --from and --to, but not both");
  if (settings.from.empty() && !settings.to.empty()) return wrong("--to needs --from: the first day");
  const auto first = resolve(several ? settings.from : settings.date, today);
  if (!first) return first.error();
  const auto last = several ? resolve(settings.to, today) : first;
  if (!last) return last.error();
  const auto days = std::chrono::sys_days(*last) - std::chrono::sys_days(*first);
  if (days.count() < 0) return wrong("--from is after --to");
  if (days.count() >= most_days) return wrong("more than 1100 days; ask for them in parts");
  return Dates{*first, *last};
}

}  // namespace activitytrack::report
