#pragma once

#include "auth/gate.hpp"
#include "http/router.hpp"

#include <boost/asio/thread_pool.hpp>

#include <functional>
#include <optional>

namespace activitytrack::server {

/// Brings requests past the gate to their handlers: what may wait or take long runs on the workers, and what a
/// plain Handler does on the readers, so that the network's thread never does, and long reports hold up no
/// credential's check.
class Dispatcher {
 public:
  /// All are borrowed; workers and readers must be joined before the services go.
  Dispatcher(std::span<const Route> routes, Gate& gate, Services& services, boost::asio::thread_pool& workers,
             boost::asio::thread_pool& readers)
      : routes_(routes), gate_(gate), services_(services), workers_(workers), readers_(readers) {}

  std::variant<const Route*, Response> find(Request& request) const { return find_route(routes_, request); }

  /// Whether refuse() does not wait.
  bool is_known(const Route& route, const Request& request) const { return gate_.is_known(route, request); }

  /// What the gate says, for which the head of a request is enough; 500 if it throws.
  std::optional<Response> refuse(const Route& route, Request& request) noexcept;

  /// Gives `answer` the handler's response, once, on any thread; 500 if the handler throws. The request must
  /// live until then.
  void dispatch(const Route& route, const Request& request, Answer answer);

  /// The next piece of a body; nullopt if its source throws.
  std::optional<std::string> pull(const BodySource& source) noexcept;

  /// Runs `work` on a worker. It must not throw.
  void on_worker(std::function<void()> work);

  /// The same on a reader.
  void on_reader(std::function<void()> work);

 private:
  void run(const Route& route, const Request& request, const Answer& answer) noexcept;

  std::span<const Route> routes_;
  Gate& gate_;
  Services& services_;
  boost::asio::thread_pool& workers_;
  boost::asio::thread_pool& readers_;
};

}  // namespace activitytrack::server
