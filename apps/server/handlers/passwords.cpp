#include "handlers/passwords.hpp"

#include "auth/login.hpp"
#include "http/problem.hpp"

namespace activitytrack::server {
namespace {

constexpr int retry_sec = 2;

Response run(const Request& request, Services& services, Handler handler) {
  try {
    return handler(request, services);
  } catch (const std::exception& e) {
    services.log.error("handler failed", {{"error", e.what()}});
    return problem(500, "the server failed to answer; its log says more");
  }
}

}  // namespace

void on_password_thread(const Request& request, Services& services, Answer answer, Handler handler) {
  auto job = [&request, &services, answer, handler] { answer(run(request, services, handler)); };
  const bool is_known = request.principal.kind == Principal::Kind::person || has_device_cookie(request);
  if (!services.passwords.submit(std::move(job), is_known)) {
    answer(come_back_later(retry_sec, "too many are signing in just now"));
  }
}

}  // namespace activitytrack::server
