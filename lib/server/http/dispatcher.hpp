#pragma once

#include "server/http/fair_pool.hpp"
#include "server/http/http_stats.hpp"
#include "server/http/router.hpp"

#include <activitytrack/core/log.hpp>

#include <array>
#include <functional>
#include <optional>

namespace activitytrack::server {

/// The threads of each Lane, in its order. A pool may serve several.
using Workers = std::array<FairPool*, lane_count>;

/// Brings requests past AccessControl to their handlers. What may wait or take long runs on workers, so that the
/// network's thread never does, long reports delay no check of a credential, and who asks for many delays nobody else.
class Dispatcher {
 public:
  /// All are borrowed; the workers must be joined before what handlers use goes.
  Dispatcher(std::span<const Route> routes, AccessControl& access, Log& log, HttpStats& stats, const Workers& workers)
      : routes_(routes), access_(access), log_(log), stats_(stats), workers_(workers) {}

  std::variant<const Route*, Response> find(Request& request, Offer offer) const {
    return find_route(routes_, request, offer);
  }

  /// The number of a route in the table; of none, how many there are.
  std::size_t index_of(const Route* route) const {
    return route ? static_cast<std::size_t>(route - routes_.data()) : routes_.size();
  }

  // Of a request whose route was found:

  /// Whether refuse() does not wait.
  bool is_known(const Request& request) const { return access_.is_known(*request.route, request); }

  std::string_view name_of(const Request& request) const { return access_.name_of(request); }

  /// What AccessControl says, for which the head of a request is enough; 500 if it throws.
  std::optional<Response> refuse(Request& request) noexcept;

  /// Calls `answer` with the handler's response, once, on any thread; with 500 if the handler throws, with 429 or 503
  /// if its turn does not come (begin_on_lane()). The request must live until then.
  void dispatch(const Request& request, Answer answer);

  /// Has a WaitingHandler's request answered, and returns what that returned; 500 if it throws.
  std::function<void()> begin_waiting(const Request& request, const Answer& answer) noexcept;

  /// The three steps of a StreamHandler's request, on a worker of its lane: each returns the answer if there is one
  /// yet; 500 if the handler throws.
  std::optional<Response> begin(const Request& request, std::unique_ptr<BodySink>& sink) noexcept;
  std::optional<Response> write(const Request& request, BodySink& sink, std::string_view piece) noexcept;
  Response finish(const Request& request, BodySink& sink) noexcept;

  /// The next piece of a body; nullopt if its source throws.
  std::optional<std::string> pull(const BodySource& source) noexcept;

  /// Runs `work` on a worker of the lane when the asker's turn comes, for what has begun and must go on. It must not
  /// throw.
  void on_lane(Lane lane, std::string_view asker, std::function<void()> work) {
    pool(lane).go_on(asker, std::move(work));
  }

  /// The same for what begins. Returns 429, and does not call it, if too many of this asker wait in the lane already,
  /// and 503 if too many of all do. Calls it with `too_late` if its turn has not come in time; too_late() is the answer
  /// then.
  std::optional<Response> begin_on_lane(Lane lane, std::string_view asker, FairPool::Work work);
  Response too_late();

  /// Gives up what has waited since before `since`; to be called each second or so.
  void give_up(FairPool::Clock::time_point since);

 private:
  template <class Step>
  auto guarded(std::string_view what, const Request& request, Step step) noexcept -> decltype(step());
  void run(const Request& request, const Answer& answer) noexcept;
  FairPool& pool(Lane lane) { return *workers_[static_cast<std::size_t>(lane)]; }

  std::span<const Route> routes_;
  AccessControl& access_;
  Log& log_;
  HttpStats& stats_;
  const Workers workers_;
};

}  // namespace activitytrack::server
