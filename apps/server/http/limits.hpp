#pragma once

#include <chrono>
#include <cstddef>

namespace activitytrack::server {

/// What a client may ask of the server.
struct HttpLimits {
  std::size_t max_connections = 1024;  ///< beyond: 503 and closed
  std::size_t max_target_bytes = 8 * 1024;
  std::size_t max_header_bytes = 16 * 1024;  ///< request line and header
  std::size_t max_body_bytes = 16 * 1024 * 1024;

  std::chrono::seconds header_timeout{10};  ///< from a request's first byte
  std::chrono::seconds body_timeout{30};
  std::chrono::seconds write_timeout{60};
  std::chrono::seconds idle_timeout{60};  ///< between requests
  std::chrono::seconds stop_timeout{5};   ///< for requests under way when the server stops
};

}  // namespace activitytrack::server
