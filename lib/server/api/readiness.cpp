#include "server/api/readiness.hpp"

#include "server/api/handlers.hpp"
#include "server/events/event_row.hpp"
#include "server/events/ingest.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {
namespace {

constexpr std::chrono::seconds good_for{1};
constexpr int readiness_retry_sec = 5;

/// Agents whose events could not be stored come back after half a minute. Where they are sent away by what is said
/// here, nothing would show that they could be stored again: so an older failure does not count.
bool failed_lately(const IngestStats& stats, Ticks now) {
  const auto failed_at = Ticks(std::chrono::microseconds(stats.failed_at_us));
  return stats.failing && now - failed_at < std::chrono::minutes(1);
}

}  // namespace

bool Readiness::check() {
  const Ticks now = clock_.read().ticks;
  if (const auto known = known_good_at(now)) return *known;
  const std::unique_lock writing(writing_, std::try_to_lock);
  if (!writing.owns_lock()) {
    const std::lock_guard lock(mutex_);
    return ready_;
  }
  const bool ready = write();
  const std::lock_guard lock(mutex_);
  found_at_ = now;
  ready_ = ready;
  return ready;
}

std::optional<bool> Readiness::known_good_at(Ticks now) const {
  const std::lock_guard lock(mutex_);
  if (!found_at_ || now - *found_at_ >= good_for) return std::nullopt;
  return ready_;
}

bool Readiness::write() {
  const auto written = database_.run(
      "INSERT INTO server_state(name, value) VALUES('ready_at', $1)"
      " ON CONFLICT(name) DO UPDATE SET value = excluded.value",
      {to_micros(clock_.now())});
  if (!written) log_.debug("not ready", {{"error", std::string_view(written.error().message)}});
  return written.has_value();
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
