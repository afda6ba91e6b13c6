#include "server/api/monitoring.hpp"

#include "core/event_fields.hpp"
#include "server/api/handlers.hpp"
#include "server/api/routes.hpp"
#include "server/events/ingest.hpp"
#include "server/http/message.hpp"
#include "server/metrics/metrics_text.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr double microsecond = 1e-6;

std::string route_labels(std::size_t index) {
  if (index == endpoints().size()) return metric_label("method", "") + ',' + metric_label("route", "");
  const Endpoint& route = endpoints()[index];
  return metric_label("method", route.method) + ',' + metric_label("route", route.pattern);
}

void write_requests(MetricsText& text, const HttpStats& stats) {
  text.counter("activitytrack_http_requests_total", "Answers, by route and class of status.");
  for (std::size_t i = 0; i < stats.answers.size(); ++i) {
    const auto& by_class = stats.answers[i].by_class;
    for (std::size_t digit = 1; digit < by_class.size(); ++digit) {
      if (by_class[digit] == 0) continue;
      text.sample(by_class[digit], route_labels(i) + ',' + metric_label("status", std::to_string(digit) + "xx"));
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
  text.gauge("activitytrack_http_connections", "Open now.").sample(stats.connections_now);
  text.gauge("activitytrack_http_waiting", "Of these, those that wait for something to happen.")
      .sample(stats.waiting_now);
  text.counters("activitytrack_http_connections_total", "By what became of them.", "result",
                {{"accepted", stats.connections_accepted},
                 {"turned_away", stats.connections_turned_away},
                 {"timed_out", stats.connections_timed_out}});
  text.counters("activitytrack_tls_handshakes_total", "By what became of them; resumed ones are also done.", "result",
                {{"done", stats.tls_handshakes},
                 {"resumed", stats.tls_resumed},
                 {"failed", stats.tls_failed},
                 {"limited", stats.tls_limited}});
  if (stats.certificate_expires != 0) {
    text.gauge("activitytrack_tls_certificate_expiry_timestamp_seconds", "When the certificate expires, in Unix time.")
        .sample(stats.certificate_expires);
  }
  text.counters("activitytrack_http_bytes_total", "On the wire, without TLS.", "direction",
                {{"received", stats.bytes_received}, {"sent", stats.bytes_sent}});
  text.gauge("activitytrack_http_body_bytes", "Memory of long bodies under way.").sample(stats.body_bytes_now);
  text.counter("activitytrack_http_bodies_refused_total", "Bodies refused for want of that memory.")
      .sample(stats.bodies_refused);
  text.gauge("activitytrack_http_answer_bytes", "Memory of long answers that are not sent yet.")
      .sample(stats.answer_bytes_now);
  text.counters("activitytrack_http_limited_total",
                "Requests refused because of others under way, by what they wanted.", "of",
                {{"memory", stats.answers_refused}, {"turn", stats.turns_refused}});
}

void write_ingest(MetricsText& text, const IngestStats& stats) {
  text.counters("activitytrack_events_total", "Events taken, by what became of them.", "result",
                {{"accepted", stats.accepted}, {"duplicate", stats.duplicates}});
  text.counters("activitytrack_batches_failed_total", "Batches that were not stored, by the reason.", "reason",
                {{"queue_full", stats.queue_full},
                 {"quota", stats.over_quota},
                 {"store", stats.failed},
                 {"shut_out", stats.shut_out}});
  text.gauge("activitytrack_queue_events", "Events waiting for their commit.").sample(stats.queued_events);
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
  text.counter("activitytrack_events_adjusted_total", "Events taken of which a field had to be read otherwise.");
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto adjusted = static_cast<double>(stats.adjusted(i));
    if (adjusted > 0) text.sample(adjusted, metric_label("field", fields[i].name));
  }
  text.histogram("activitytrack_buffer_age_seconds", "Age of the oldest event of each batch on its arrival.")
      .sample(stats.buffer_age_sec(), 1);
}

void write_screenshots(MetricsText& text, const ScreenshotStats& stats) {
  text.counter("activitytrack_screenshots_stored_total", "Screenshots that were stored.").sample(stats.stored);
  text.counter("activitytrack_screenshot_bytes_total", "Bytes of these.").sample(stats.bytes);
  text.counter("activitytrack_screenshots_duplicate_total", "Screenshots that were stored before.")
      .sample(stats.duplicates);
  text.counters("activitytrack_screenshots_refused_total", "Screenshots that were not stored, by the reason.", "reason",
                {{"invalid", stats.invalid},
                 {"conflict", stats.conflicts},
                 {"damaged", stats.damaged},
                 {"over_limit", stats.over_limit},
                 {"failed", stats.failed}});
}

constexpr std::chrono::seconds good_for{1};
constexpr int readiness_retry_sec = 5;

/// Agents whose events could not be stored come back after half a minute. Where they are sent away by what is said
/// here, nothing would show that they could be stored again: so an older failure does not count.
bool failed_lately(const IngestStats& stats, Ticks now) {
  const auto failed_at = Ticks(std::chrono::microseconds(stats.failed_at_us));
  return stats.failing && now - failed_at < std::chrono::minutes(1);
}

}  // namespace

void EventStats::note(const DecodedBatch& batch, Time now) noexcept {
  for (const BatchAnswer::Rejected& event : batch.rejected) {
    const int field = find_event_field(event.field);
    const auto index = field < 0 ? event_fields().size() : static_cast<std::size_t>(field);
    rejected_[index].fetch_add(1, std::memory_order_relaxed);
  }
  for (const Adjusted& event : batch.adjusted) {
    adjusted_[static_cast<std::size_t>(find_event_field(event.field))].fetch_add(1, std::memory_order_relaxed);
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

bool Readiness::check() {
  const std::unique_lock finding_out(mutex_, std::try_to_lock);
  if (!finding_out) return ready_;
  const Ticks now = clock_.read().ticks;
  if (found_at_ && now - *found_at_ < good_for) return ready_;
  const auto written = database_.run(
      "INSERT INTO server_state(name, value) VALUES('ready_at', $1)"
      " ON CONFLICT(name) DO UPDATE SET value = excluded.value",
      {clock_.now()});
  if (!written) log_.debug("not ready", {{"error", written.error().message}});
  found_at_ = now;
  return ready_ = written.has_value();
}

void get_health(const Request&, Services&, Answer answer) { answer({.body = R"({"status":"ok"})"}); }

Result<Response> get_readiness(const Request&, Services& services) {
  const bool failed = failed_lately(services.ingest.stats(), services.clock.read().ticks);
  if (failed || !services.readiness.check()) {
    return come_back_later(readiness_retry_sec, "the server cannot store events now");
  }
  return Response{.body = R"({"status":"ready"})", .headers = {{"Cache-Control", "no-store"}}};
}

}  // namespace activitytrack::server
