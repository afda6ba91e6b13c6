#include "events.hpp"

namespace activitytrack::report {

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

}  // namespace activitytrack::report
