#pragma once

#include "server/http/request_parser.hpp"
#include "server/http/session.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace activitytrack::server {

/// One request on its way to its answer.
struct Session::Exchange {
  explicit Exchange(Edge& edge)
      : parser(BufferPool::block_bytes,
               std::max(edge.config.limits.max_body_bytes, edge.config.limits.max_stream_bytes)),
        gathered_memory(edge.buffers) {}

  RequestParser parser;
  std::size_t parsed = 0;  ///< bytes of the session's buffer that are this request's
  Request request;
  std::size_t max_body_bytes = 0;  ///< of the route
  std::string gathered;            ///< of a chunked body
  std::size_t passed_on = 0;       ///< of a body that a BodySink takes
  bool is_too_large = false;       ///< it is beyond the route's limit
  BodyMemory gathered_memory;
  const Route* route = nullptr;
  Response response;
  bool reusable = true;  ///< whether it is certain where the next request begins
  const std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();

  bool keep_alive() const { return reusable && parser.is_header_done() && parser.keep_alive(); }

  bool is_streamed() const { return std::holds_alternative<StreamHandler>(route->handler); }

  /// The answer, after which the connection ends.
  Reading refuse(Response refusal) {
    reusable = false;
    response = std::move(refusal);
    return Reading::answered;
  }

  /// Adds to the chunked body, unless that is beyond the route's limit or the budget.
  bool gather(std::string_view piece) {
    const auto size = gathered.size() + piece.size();
    is_too_large = size > max_body_bytes;
    if (is_too_large) return false;
    if (size > gathered.capacity()) {
      const auto larger = std::max(size, 2 * gathered.capacity());
      if (!gathered_memory.grow_to(larger)) return false;
      gathered.reserve(larger);
    }
    gathered += piece;
    return true;
  }

  /// The same of a body that is passed on piece by piece, and needs none of the budget.
  bool gather_to_pass_on(std::string_view piece) {
    passed_on += piece.size();
    is_too_large = passed_on > max_body_bytes;
    if (is_too_large) return false;
    gathered += piece;
    return true;
  }
};

}  // namespace activitytrack::server
