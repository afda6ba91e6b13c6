#include "http/dispatcher.hpp"

#include "handlers/services.hpp"
#include "http/problem.hpp"

#include <boost/asio/post.hpp>

namespace activitytrack::server {
namespace {

/// Bodies beyond this take longer to unpack and decode than other connections should wait.
constexpr std::size_t long_body_bytes = 64 * 1024;

}  // namespace

void Dispatcher::dispatch(const Route& route, const Request& request, Answer answer) {
  const bool quick =
      std::holds_alternative<DeferredHandler>(route.handler) && request.body.size() < long_body_bytes;
  if (quick) return run(route, request, answer);
  boost::asio::post(workers_,
                    [this, &route, &request, answer = std::move(answer)] { run(route, request, answer); });
}

void Dispatcher::run(const Route& route, const Request& request, const Answer& answer) noexcept {
  try {
    if (const auto* deferred = std::get_if<DeferredHandler>(&route.handler)) {
      return (*deferred)(request, services_, answer);
    }
    return answer(std::get<Handler>(route.handler)(request, services_));
  } catch (const std::exception& e) {
    services_.log.error("handler failed", {{"route", route.pattern}, {"error", e.what()}});
  }
  answer(problem(500, "the server failed to answer; its log says more"));
}

}  // namespace activitytrack::server
