#include "server/api/metrics.hpp"

#include "core/event_fields.hpp"
#include "server/api/routes.hpp"
#include "server/events/ingest.hpp"
#include "server/metrics/metrics_text.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr double microsecond = 1e-6;

std::string metric_label(std::string_view name, std::string_view value) {
  return std::string(name) + "=\"" + std::string(value) + '"';
}

std::string route_labels(std::size_t index) {
  if (index == endpoints().size()) return metric_label("method", "") + ',' + metric_label("route", "");
  const Endpoint& route = endpoints()[index];
  return metric_label("method", route.method) + ',' + metric_label("route", route.pattern);
}

double count_of(const std::atomic<std::uint64_t>& count) {
  return static_cast<double>(count.load(std::memory_order_relaxed));
}

void write_requests(MetricsText& text, const HttpStats& stats) {
  text.counter("activitytrack_http_requests_total", "Answers, by route and class of status.");
  for (std::size_t i = 0; i < stats.answers.size(); ++i) {
    const auto& by_class = stats.answers[i].by_class;
    for (std::size_t digit = 1; digit < by_class.size(); ++digit) {
      if (by_class[digit] == 0) continue;
      text.sample(count_of(by_class[digit]),
                  route_labels(i) + ',' + metric_label("status", std::to_string(digit) + "xx"));
    }
  }
  text.histogram("activitytrack_http_request_seconds", "From a request's first byte to its answer.");
  for (std::size_t i = 0; i < stats.answers.size(); ++i) {
    const auto& by_class = stats.answers[i].by_class;
    const bool is_used = std::ranges::any_of(by_class, [](const auto& count) { return count != 0; });
    if (is_used) text.sample(stats.answers[i].duration_us, microsecond, route_labels(i));
  }
}

void write_connections(MetricsText& text, const HttpStats& stats) {
  text.gauge("activitytrack_http_connections", "Open now.").sample(count_of(stats.connections_now));
  text.counter("activitytrack_http_connections_total", "By what became of them.")
      .sample(count_of(stats.connections_accepted), metric_label("result", "accepted"))
      .sample(count_of(stats.connections_turned_away), metric_label("result", "turned_away"))
      .sample(count_of(stats.connections_timed_out), metric_label("result", "timed_out"));
  text.counter("activitytrack_tls_handshakes_total", "By what became of them; resumed ones are also done.")
      .sample(count_of(stats.tls_handshakes), metric_label("result", "done"))
      .sample(count_of(stats.tls_resumed), metric_label("result", "resumed"))
      .sample(count_of(stats.tls_failed), metric_label("result", "failed"));
  text.counter("activitytrack_http_bytes_total", "On the wire, without TLS.")
      .sample(count_of(stats.bytes_received), metric_label("direction", "received"))
      .sample(count_of(stats.bytes_sent), metric_label("direction", "sent"));
  text.gauge("activitytrack_http_body_bytes", "Memory of long bodies under way.")
      .sample(count_of(stats.body_bytes_now));
  text.counter("activitytrack_http_bodies_refused_total", "Bodies refused for want of that memory.")
      .sample(count_of(stats.bodies_refused));
}

void write_ingest(MetricsText& text, const IngestStats& stats) {
  text.counter("activitytrack_events_total", "Events taken, by what became of them.")
      .sample(count_of(stats.accepted), metric_label("result", "accepted"))
      .sample(count_of(stats.duplicates), metric_label("result", "duplicate"));
  text.counter("activitytrack_batches_failed_total", "Batches that were not stored, by the reason.")
      .sample(count_of(stats.queue_full), metric_label("reason", "queue_full"))
      .sample(count_of(stats.failed), metric_label("reason", "store"))
      .sample(count_of(stats.shut_out), metric_label("reason", "shut_out"));
  text.gauge("activitytrack_queue_events", "Events waiting for their commit.").sample(count_of(stats.queued_events));
  text.gauge("activitytrack_store_failing", "1 while the last group could not be stored.")
      .sample(stats.failing ? 1 : 0);
  text.histogram("activitytrack_commit_events", "Events committed together.").sample(stats.group_events, 1);
  text.histogram("activitytrack_commit_seconds", "Time of a commit.").sample(stats.commit_us, microsecond);
}

void write_events(MetricsText& text, const EventStats& stats) {
  text.counter("activitytrack_events_rejected_total", "Bad events, by the field at fault; none for what is no object.");
  const auto fields = event_fields();
  for (std::size_t i = 0; i <= fields.size(); ++i) {
    const auto rejected = static_cast<double>(stats.rejected(i));
    if (rejected > 0) text.sample(rejected, metric_label("field", i < fields.size() ? fields[i].name : ""));
  }
  text.histogram("activitytrack_buffer_age_seconds", "Age of the oldest event of each batch on its arrival.")
      .sample(stats.buffer_age_sec(), 1);
}

void write_screenshots(MetricsText& text, const ScreenshotStats& stats) {
  text.counter("activitytrack_screenshots_stored_total", "Screenshots that were stored.")
      .sample(count_of(stats.stored));
  text.counter("activitytrack_screenshot_bytes_total", "Bytes of these.").sample(count_of(stats.bytes));
  text.counter("activitytrack_screenshots_duplicate_total", "Screenshots that were stored before.")
      .sample(count_of(stats.duplicates));
  text.counter("activitytrack_screenshots_refused_total", "Screenshots that were not stored, by the reason.")
      .sample(count_of(stats.invalid), metric_label("reason", "invalid"))
      .sample(count_of(stats.conflicts), metric_label("reason", "conflict"))
      .sample(count_of(stats.damaged), metric_label("reason", "damaged"))
      .sample(count_of(stats.over_limit), metric_label("reason", "over_limit"))
      .sample(count_of(stats.failed), metric_label("reason", "failed"));
}

}  // namespace

void EventStats::note(const DecodedBatch& batch, Time now) noexcept {
  for (const RejectedEvent& event : batch.rejected) {
    const int field = find_event_field(event.field);
    const auto index = field < 0 ? event_fields().size() : static_cast<std::size_t>(field);
    rejected_[index].fetch_add(1, std::memory_order_relaxed);
  }
  if (batch.events.empty()) return;
  const Time oldest = std::ranges::min_element(batch.events, {}, &Event::timestamp)->timestamp;
  const auto age = std::chrono::floor<std::chrono::seconds>(now - oldest);
  buffer_age_sec_.observe(static_cast<std::uint64_t>(std::max<std::int64_t>(age.count(), 0)));
}

Result<Response> get_metrics(const Request&, Services& services) {
  MetricsText text;
  write_requests(text, services.stats.http);
  write_connections(text, services.stats.http);
  write_ingest(text, services.ingest.stats());
  write_events(text, services.stats.events);
  write_screenshots(text, services.stats.screenshots);
  write_process_metrics(text);
  text.gauge("activitytrack_build_info", "Always 1.").sample(1, metric_label("version", ACTIVITYTRACK_VERSION));
  return Response{.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = text.text()};
}

}  // namespace activitytrack::server
