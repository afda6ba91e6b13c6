#include "server/api/passwords.hpp"

#include "server/accounts/login.hpp"
#include "server/accounts/login_tries.hpp"
#include "server/http/message.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr int retry_sec = 2;
constexpr std::size_t max_shown_name = 64;

Response run(const Request& request, Services& services, ServiceHandler handler) {
  try {
    return handler(request, services);
  } catch (const std::exception& e) {
    services.log.error("handler failed", {{"error", e.what()}});
    return problem(500, "the server failed to answer; its log says more");
  }
}

bool comes_first(const Request& request, Services& services) {
  if (asker(request).kind == Principal::Kind::person) return true;
  try {
    const auto known = is_known_device(services.database, request, services.clock.now());
    if (known) return *known;
    services.log.error("a browser cannot be looked up", {{"error", known.error().message}});
  } catch (const std::exception& e) {
    services.log.error("a browser cannot be looked up", {{"error", e.what()}});
  }
  return false;
}

/// A name that nobody has checked, for a log: other than printable ASCII is "?".
std::string as_tried(std::string_view name) {
  std::string shown(name.substr(0, max_shown_name));
  std::ranges::replace_if(
      shown, [](char c) { return c < ' ' || c > '~'; }, '?');
  return shown;
}

}  // namespace

void on_password_thread(const Request& request, Services& services, Answer answer, ServiceHandler handler) {
  PasswordQueue::Job job{
      .client = network_of(request.client),
      .is_known = nullptr,
      .run = [&request, &services, answer, handler] { answer(run(request, services, handler)); },
      .refuse = [answer] { answer(come_back_later(retry_sec, "too many are signing in just now")); }};
  if (asker(request).kind == Principal::Kind::person || has_device_cookie(request)) {
    job.is_known = [&request, &services] { return comes_first(request, services); };
  }
  services.passwords.submit(std::move(job));
}

Response too_many_tries() {
  Response refused = problem(429, "too many tries; wait a minute");
  refused.headers.emplace_back("Retry-After", std::to_string(wait_between_tries.count()));
  return refused;
}

void note_refused_password(const Request& request, Services& services, std::string_view name, int status) {
  AuditEntry entry = audit_entry(request, services.clock.now(), status);
  entry.name = as_tried(name);
  const auto written = write_audit(services.database, std::span(&entry, 1));
  if (!written) {
    services.log.error("a refused password is left out of the audit log", {{"error", written.error().message}});
  }
}

}  // namespace activitytrack::server
