#pragma once

#include <chrono>
#include <cstddef>

namespace activitytrack::server {

/// What a client may ask of the server.
struct HttpLimits {
  std::size_t max_connections = 10'000;  ///< beyond: 503 and closed
  std::size_t max_target_bytes = 8 * 1024;
  std::size_t max_body_bytes = 16 * 1024 * 1024;
  std::size_t max_stream_bytes = 64 * 1024 * 1024;   ///< of a body that is streamed, and takes no memory
  std::size_t max_bodies_bytes = 256 * 1024 * 1024;  ///< of all bodies under way; beyond: 503

  std::chrono::seconds header_timeout{10};  ///< from a request's first byte; also for a TLS handshake
  std::chrono::seconds body_timeout{30};    ///< of a body that is streamed: for each 64 KiB of it
  std::chrono::seconds write_timeout{60};   ///< for an answer, or a piece of one that is streamed
  std::chrono::seconds idle_timeout{60};    ///< between requests
  std::chrono::seconds stop_timeout{5};     ///< for requests under way when the server stops

  std::chrono::seconds hsts_max_age{31'536'000};  ///< Strict-Transport-Security where a request came by TLS; 0: none
};

}  // namespace activitytrack::server
