#pragma once

#include "server/http/access_control.hpp"

#include <activitytrack/core/log.hpp>

#include <boost/asio/thread_pool.hpp>

#include <array>
#include <atomic>
#include <functional>
#include <optional>

namespace activitytrack::server {

/// The threads of handlers. A pool may serve as several.
struct Workers {
  boost::asio::thread_pool& checks;  ///< of credentials, and bodies that are long to decode
  boost::asio::thread_pool& reads;   ///< these and the others as Lane has them
  boost::asio::thread_pool& uploads;
  boost::asio::thread_pool& pictures;
};

/// Brings requests past AccessControl to their handlers: what may wait or take long runs on workers, so that the
/// network's thread never does, and long reports hold up no credential's check.
class Dispatcher {
 public:
  /// All are borrowed; the workers must be joined before what handlers use goes.
  Dispatcher(std::span<const Route> routes, AccessControl& access, Log& log, const Workers& workers)
      : routes_(routes), access_(access), log_(log), workers_(workers) {}

  std::variant<const Route*, Response> find(Request& request) const { return find_route(routes_, request); }

  /// The number of a route in the table; of none, how many there are.
  std::size_t index_of(const Route* route) const {
    return route ? static_cast<std::size_t>(route - routes_.data()) : routes_.size();
  }

  /// Whether refuse() does not wait.
  bool is_known(const Route& route, const Request& request) const { return access_.is_known(route, request); }

  /// What AccessControl says, for which the head of a request is enough; 500 if it throws.
  std::optional<Response> refuse(const Route& route, Request& request) noexcept;

  /// Gives `answer` the handler's response, once, on any thread; 500 if the handler throws, 503 if too many wait for
  /// their turn in its lane. The request must live until then.
  void dispatch(const Route& route, const Request& request, Answer answer);

  /// The three steps of a StreamHandler's request, on a worker of its lane: each gives the answer if there is one yet;
  /// 500 if the handler throws.
  std::optional<Response> begin(const Route& route, const Request& request, std::unique_ptr<BodySink>& sink) noexcept;
  std::optional<Response> write(const Route& route, BodySink& sink, std::string_view piece) noexcept;
  Response finish(const Route& route, const Request& request, BodySink& sink) noexcept;

  /// The next piece of a body; nullopt if its source throws.
  std::optional<std::string> pull(const BodySource& source) noexcept;

  /// Runs `work` on a worker for checks. It must not throw.
  void on_worker(std::function<void()> work);

  /// The same on one of a lane, for what has begun and must go on.
  void on_lane(Lane lane, std::function<void()> work);

  /// The same for what begins: gives 503, and does not run it, if too many wait in the lane already.
  std::optional<Response> begin_on_lane(Lane lane, std::function<void()> work);

 private:
  template <class Step>
  auto guarded(const Route& route, Step step) noexcept -> decltype(step());
  void run(const Route& route, const Request& request, const Answer& answer) noexcept;

  std::span<const Route> routes_;
  AccessControl& access_;
  Log& log_;
  const Workers workers_;
  std::array<std::atomic<std::size_t>, lane_count> waiting_{};  ///< by lane: those that have not begun
};

}  // namespace activitytrack::server
