#include "events.hpp"

#include "csv.hpp"

#include <activitytrack/core/timestamp.hpp>

namespace activitytrack::report {
namespace {

std::string text_of(const std::string& text) { return text; }
std::string text_of(bool truth) { return truth ? "true" : "false"; }
std::string text_of(Time time) { return format_timestamp(time); }
std::string text_of(Verdict verdict) { return std::string(to_string(verdict)); }
std::string text_of(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}
template <class Number>
std::string text_of(const Number& number) {
  return number_text(number);
}

}  // namespace

Result<void> each_event(const Request& request, const EventSink& sink) {
  if (!request.zone.empty()) {
    const auto first = day_in_zone(request.dates.first, request.zone);
    const auto last = day_in_zone(request.dates.last, request.zone);
    if (!first || !last) return (first ? last : first).error();
    return request.source.events(request.machine, {first->start, last->end}, sink);
  }
  const TimeRange around{day_anywhere(request.dates.first).start, day_anywhere(request.dates.last).end};
  return request.source.events(request.machine, around, [&](const Event& event) -> Result<void> {
    const Date date = date_at(event.timestamp, own_offset_min(event));
    if (date < request.dates.first || request.dates.last < date) return {};
    return sink(event);
  });
}

std::string field_text(const Event& event, const EventField& field) {
  return std::visit([&](auto member) { return text_of(event.*member); }, field.member);
}

}  // namespace activitytrack::report
