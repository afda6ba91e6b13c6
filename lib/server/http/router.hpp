#pragma once

#include "server/http/body_sink.hpp"

#include <functional>
#include <memory>
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

/// What takes a body, or the answer at once.
using BegunStream = std::variant<std::unique_ptr<BodySink>, Response>;

/// Takes a body as it comes, beyond the limits of others. Runs when the request's head is there and the request has
/// been let in; `body` is empty.
using StreamHandler = std::function<BegunStream(const Request&)>;

/// Which threads a route's handler, and the pieces of its body and its answer, keep busy: so that what may take long
/// holds up its like alone.
enum class Lane {
  reads,
  uploads,   ///< pictures on their way in
  pictures,  ///< and on their way out
};
inline constexpr std::size_t lane_count = 3;

/// A row of the table of endpoints.
struct Route {
  std::string_view method;
  std::string_view pattern;  ///< "/api/machines/{id}": `{...}` stands for one segment that is not empty
  std::variant<Handler, DeferredHandler, StreamHandler> handler;
  Lane lane = Lane::reads;
  bool takes_long_body =
      false;        ///< up to max_body_bytes; others take 256 KiB at most, a StreamHandler max_stream_bytes
  int access = -1;  ///< who may use it, as AccessControl numbers that; not looked at here
};

/// The route for a request, whose `arguments` are filled in; or the answer 404, or 405 with Allow. HEAD
/// finds GET's.
std::variant<const Route*, Response> find_route(std::span<const Route> routes, Request& request);

}  // namespace activitytrack::server
