#pragma once

#include "server/http/message.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace activitytrack::server {

/// Answers a request. Runs on a worker thread, where it may wait for the store.
using Handler = std::function<Response(const Request&)>;

/// Takes the answer of a DeferredHandler, once, on any thread.
using Answer = std::function<void(Response)>;

/// Answers later, so that no thread waits meanwhile. The request lives until the answer is given.
using DeferredHandler = std::function<void(const Request&, Answer)>;

/// Answers at once, or when something happens, perhaps after minutes. Returns null if it answered, or is about to; else
/// what ends the wait with an answer, and does nothing if there was one: for a client that has gone. The request lives
/// until this returns.
using WaitingHandler = std::function<std::function<void()>(const Request&, Answer)>;

/// What takes a body, or the answer at once.
using BegunStream = std::variant<std::unique_ptr<BodySink>, Response>;

/// Takes a body as it comes, beyond the limits of others. Runs when the request's head is there and the request has
/// been let in; `body` is empty.
using StreamHandler = std::function<BegunStream(const Request&)>;

/// Which threads a route's handler, and the pieces of its body and its answer, keep busy: so that what may take long
/// delays only its own kind.
enum class Lane {
  reads,
  uploads,     ///< pictures on their way in
  pictures,    ///< and on their way out
  checks,      ///< of credentials, and bodies that are long to decode; no route's own
  handshakes,  ///< of TLS; no route's own
  sign_ins,    ///< by another service, which may be slow
};
inline constexpr std::size_t lane_count = 6;

/// A row of the table of endpoints.
struct Route {
  std::string_view method;
  std::string_view pattern;  ///< "/api/machines/{id}": `{...}` stands for one segment that is not empty; "*": for what
                             ///< is at no other path
  std::variant<Handler, DeferredHandler, StreamHandler, WaitingHandler> handler;
  Lane lane = Lane::reads;
  bool takes_long_body = false;  ///< up to max_body_bytes, not 256 KiB; a StreamHandler takes max_stream_bytes
  bool is_monitoring = false;    ///< may have an address to itself: see Offer
  int access = -1;               ///< who may use it, as AccessControl numbers that; http does not look at it
};

/// What is offered at an address that the server listens on.
enum class Offer { all, monitoring, all_but_monitoring };

/// The route for a request, whose `arguments` and `route` are set; or the answer 404, also to what is not on offer, or
/// 405 with Allow. HEAD finds GET's.
std::variant<const Route*, Response> find_route(std::span<const Route> routes, Request& request,
                                                Offer offer = Offer::all);

/// Decides who may use which route. Callable from any thread.
class AccessControl {
 public:
  virtual ~AccessControl() = default;

  /// Sets request.identity, and request.asker where it is known, or returns the answer: 401 to a client that is not
  /// known, 403 to one that may not use the route, 503 while that cannot be found out. May wait for the store unless
  /// `is_known()` holds.
  virtual std::optional<Response> refuse(const Route& route, Request& request) = 0;

  /// Whether refuse() can decide without the store, so that the network's thread may ask.
  virtual bool is_known(const Route& route, const Request& request) = 0;

  /// Who asks, for the access log: the name of a person or a machine; "" if nobody is known. Once refuse() has
  /// returned.
  virtual std::string_view name_of(const Request&) const { return {}; }

  /// Called with what a Handler answered: passes it on by `answer`, once, on any thread, when it may go out; or another
  /// answer in its place. `status` is the handler's: the answer may be 304 since.
  virtual void answered(const Request& request, int status, Response response, Answer answer) = 0;
};

}  // namespace activitytrack::server
