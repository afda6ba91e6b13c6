#pragma once

#include "http/router.hpp"

#include <boost/asio/thread_pool.hpp>

namespace activitytrack::server {

/// Brings requests to their handlers: what may wait or take long runs on the workers, so that the
/// network's thread never does.
class Dispatcher {
 public:
  /// All are borrowed; the workers must be joined before the services go.
  Dispatcher(std::span<const Route> routes, Services& services, boost::asio::thread_pool& workers)
      : routes_(routes), services_(services), workers_(workers) {}

  std::variant<const Route*, Response> find(Request& request) const { return find_route(routes_, request); }

  /// Gives `answer` the handler's response, once, on any thread; 500 if the handler throws. The request must
  /// live until then.
  void dispatch(const Route& route, const Request& request, Answer answer);

 private:
  void run(const Route& route, const Request& request, const Answer& answer) noexcept;

  std::span<const Route> routes_;
  Services& services_;
  boost::asio::thread_pool& workers_;
};

}  // namespace activitytrack::server
