#include "server/api/event_stats.hpp"

#include "core/event_fields.hpp"

#include <algorithm>

namespace activitytrack::server {

void EventStats::note(const DecodedBatch& batch, Time now) noexcept {
  for (const RejectedEvent& event : batch.rejected) {
    const int field = find_event_field(event.field);
    rejected_[field < 0 ? event_fields().size() : static_cast<std::size_t>(field)].fetch_add(1,
                                                                                             std::memory_order_relaxed);
  }
  if (batch.events.empty()) return;
  const Time oldest = std::ranges::min_element(batch.events, {}, &Event::timestamp)->timestamp;
  const auto age = std::chrono::floor<std::chrono::seconds>(now - oldest);
  buffer_age_sec_.observe(static_cast<std::uint64_t>(std::max<std::int64_t>(age.count(), 0)));
}

}  // namespace activitytrack::server
