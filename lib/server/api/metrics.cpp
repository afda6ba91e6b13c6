#include "server/api/handlers.hpp"
#include "server/metrics/metrics_text.hpp"

#include "core/event_fields.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr double microsecond = 1e-6;

std::string label(std::string_view name, std::string_view value) {
  return std::string(name) + "=\"" + std::string(value) + '"';
}

std::string route_labels(std::size_t index) {
  if (index == endpoints().size()) return label("method", "") + ',' + label("route", "");
  const Endpoint& route = endpoints()[index];
  return label("method", route.method) + ',' + label("route", route.pattern);
}

double value(const std::atomic<std::uint64_t>& count) {
  return static_cast<double>(count.load(std::memory_order_relaxed));
}

void write_requests(MetricsText& text, const HttpStats& stats) {
  text.counter("activitytrack_http_requests_total", "Answers, by route and class of status.");
  for (std::size_t i = 0; i < stats.answers.size(); ++i) {
    const auto& by_class = stats.answers[i].by_class;
    for (std::size_t digit = 1; digit < by_class.size(); ++digit) {
      if (by_class[digit] == 0) continue;
      text.sample(value(by_class[digit]), route_labels(i) + ',' + label("status", std::to_string(digit) + "xx"));
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
  text.gauge("activitytrack_http_connections", "Open now.").sample(value(stats.connections_now));
  text.counter("activitytrack_http_connections_total", "By what became of them.")
      .sample(value(stats.connections_accepted), label("result", "accepted"))
      .sample(value(stats.connections_turned_away), label("result", "turned_away"))
      .sample(value(stats.connections_timed_out), label("result", "timed_out"));
  text.counter("activitytrack_tls_handshakes_total", "By what became of them; resumed ones are also done.")
      .sample(value(stats.tls_handshakes), label("result", "done"))
      .sample(value(stats.tls_resumed), label("result", "resumed"))
      .sample(value(stats.tls_failed), label("result", "failed"));
  text.counter("activitytrack_http_bytes_total", "On the wire, without TLS.")
      .sample(value(stats.bytes_received), label("direction", "received"))
      .sample(value(stats.bytes_sent), label("direction", "sent"));
  text.gauge("activitytrack_http_body_bytes", "Memory of long bodies under way.").sample(value(stats.body_bytes_now));
  text.counter("activitytrack_http_bodies_refused_total", "Bodies refused for want of that memory.")
      .sample(value(stats.bodies_refused));
}

void write_ingest(MetricsText& text, const IngestStats& stats) {
  text.counter("activitytrack_events_total", "Events taken, by what became of them.")
      .sample(value(stats.accepted), label("result", "accepted"))
      .sample(value(stats.duplicates), label("result", "duplicate"));
  text.counter("activitytrack_batches_failed_total", "Batches that were not stored, by the reason.")
      .sample(value(stats.queue_full), label("reason", "queue_full"))
      .sample(value(stats.failed), label("reason", "store"))
      .sample(value(stats.shut_out), label("reason", "shut_out"));
  text.gauge("activitytrack_queue_events", "Events waiting for their commit.").sample(value(stats.queued_events));
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
    if (rejected > 0) text.sample(rejected, label("field", i < fields.size() ? fields[i].name : ""));
  }
  text.histogram("activitytrack_buffer_age_seconds", "Age of the oldest event of each batch on its arrival.")
      .sample(stats.buffer_age_sec(), 1);
}

void write_screenshots(MetricsText& text, const ScreenshotStats& stats) {
  text.counter("activitytrack_screenshots_stored_total", "Screenshots that were stored.").sample(value(stats.stored));
  text.counter("activitytrack_screenshot_bytes_total", "Bytes of these.").sample(value(stats.bytes));
  text.counter("activitytrack_screenshots_duplicate_total", "Screenshots that were stored before.")
      .sample(value(stats.duplicates));
  text.counter("activitytrack_screenshots_refused_total", "Screenshots that were not stored, by the reason.")
      .sample(value(stats.invalid), label("reason", "invalid"))
      .sample(value(stats.conflicts), label("reason", "conflict"))
      .sample(value(stats.damaged), label("reason", "damaged"))
      .sample(value(stats.over_limit), label("reason", "over_limit"))
      .sample(value(stats.failed), label("reason", "failed"));
}

void write_process(MetricsText& text) {
  write_process_metrics(text);
  text.gauge("activitytrack_build_info", "Always 1.").sample(1, label("version", ACTIVITYTRACK_VERSION));
}

}  // namespace

Response get_metrics(const Request&, Services& services) {
  MetricsText text;
  write_requests(text, services.stats.http);
  write_connections(text, services.stats.http);
  write_ingest(text, services.ingest.stats());
  write_events(text, services.stats.events);
  write_screenshots(text, services.stats.screenshots);
  write_process(text);
  return {.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = text.text()};
}

}  // namespace activitytrack::server
