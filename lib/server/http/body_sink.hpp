#pragma once

#include "server/http/message.hpp"

#include <optional>
#include <string_view>

namespace activitytrack::server {

/// Takes a request's body while it comes, so that its length takes no memory. Called on worker threads, one
/// call at a time. Destroyed there too, at the end or when the connection was cut, perhaps after the request
/// has gone.
class BodySink {
 public:
  virtual ~BodySink() = default;

  /// Takes the next piece, of 16 KiB at most. An answer ends the request, and no more of it is read.
  virtual std::optional<Response> write(std::string_view piece) = 0;

  /// The body was whole.
  virtual Response finish() = 0;
};

}  // namespace activitytrack::server
