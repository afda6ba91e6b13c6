#include "server/api/handlers.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {
namespace {

constexpr int retry_sec = 5;

/// Agents whose events could not be stored come back after half a minute. Where they are sent away by what is
/// said here, nothing would show that they could be stored again: so an older failure does not count.
bool failed_lately(const IngestStats& stats, Ticks now) {
  const auto failed_at = Ticks(std::chrono::microseconds(stats.failed_at_us));
  return stats.failing && now - failed_at < std::chrono::minutes(1);
}

}  // namespace

void get_health(const Request&, Services&, Answer answer) { answer({.body = R"({"status":"ok"})"}); }

Response get_readiness(const Request&, Services& services) {
  const bool failed = failed_lately(services.ingest.stats(), services.clock.read().ticks);
  if (failed || !services.readiness.check()) {
    return come_back_later(retry_sec, "the server cannot store events now");
  }
  return {.body = R"({"status":"ready"})", .headers = {{"Cache-Control", "no-store"}}};
}

}  // namespace activitytrack::server
