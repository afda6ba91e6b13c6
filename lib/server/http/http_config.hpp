#pragma once

#include <activitytrack/core/result.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::server {

/// What a client may ask of the server.
struct HttpLimits {
  std::size_t max_connections = 10'000;  ///< beyond: 503 and closed
  std::size_t max_waiting = 20'000;  ///< requests that wait for something to happen, apart from those; who lets them
                                     ///< wait sees to it
  std::size_t max_connections_per_address = 5'000;  ///< of one that is no proxy; the same beyond
  std::size_t max_handshakes_per_min = 3'000;  ///< of TLS, of one address that is no proxy; beyond: closed; 0: no limit
  std::size_t max_target_bytes = 8 * 1024;
  std::size_t max_body_bytes = 16 * 1024 * 1024;
  std::size_t max_stream_bytes = 64 * 1024 * 1024;    ///< of a body that is streamed, and takes no memory
  std::size_t max_bodies_bytes = 256 * 1024 * 1024;   ///< of all bodies under way; beyond: 503
  std::size_t max_answers_bytes = 256 * 1024 * 1024;  ///< of all answers that are not sent yet; beyond: 503

  std::chrono::seconds header_timeout{10};  ///< from a request's first byte; also for a TLS handshake
  std::chrono::seconds body_timeout{30};    ///< of a body that is streamed: for each 64 KiB of it
  std::chrono::seconds turn_timeout{10};    ///< for a request's turn to come; beyond: 503
  std::chrono::seconds write_timeout{60};   ///< for an answer, or a piece of one that is streamed
  std::chrono::seconds idle_timeout{60};    ///< between requests
  std::chrono::seconds stop_timeout{5};     ///< for requests under way when the server stops

  std::chrono::seconds hsts_max_age{31'536'000};  ///< Strict-Transport-Security where a request came by TLS; 0: none
};

/// Reads "127.0.0.1:8100", "[::1]:8100" or "localhost:8100". Port 0: any that is free.
Result<boost::asio::ip::tcp::endpoint> parse_listen_address(std::string_view text);

/// The same, written.
std::string format_listen_address(const boost::asio::ip::tcp::endpoint& endpoint);

/// Why the system does not let this server listen there, and what to do.
Error listen_error(const boost::asio::ip::tcp::endpoint& endpoint, const boost::system::error_code& failed);

/// The proxies whose X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host are believed.
class TrustedProxies {
 public:
  /// Adds "10.0.0.1", "10.0.0.0/8", "::1" or "fd00::/8".
  Result<void> add(std::string_view text);

  bool empty() const { return v4_.empty() && v6_.empty(); }
  bool contains(const boost::asio::ip::address& address) const;

  /// The address that a chain of proxies forwards for: of those listed in X-Forwarded-For, the last that is
  /// not a proxy of these; what stands before it could have been written by anyone. `peer` where there is
  /// none.
  std::string client(std::string_view forwarded_for, std::string peer) const;

 private:
  std::vector<boost::asio::ip::network_v4> v4_;
  std::vector<boost::asio::ip::network_v6> v6_;
};

/// Whether the last proxy got the request by TLS.
bool is_forwarded_https(std::string_view forwarded_proto) noexcept;

/// What the last proxy was asked for: "host" or "host:port".
std::string_view forwarded_host_of(std::string_view forwarded_host) noexcept;

class AccessLog;
class TlsContext;

/// What the administrator may change while the server runs.
struct HttpConfig {
  HttpLimits limits;
  TrustedProxies proxies;
  std::shared_ptr<const TlsContext> tls;  ///< null: plain
  bool insecure_listen = false;           ///< plain for everyone
  std::string public_origin;              ///< "https://host[:port]", where people reach the server; "": not known
  std::shared_ptr<AccessLog> access_log;  ///< null: none

  /// Whether a connection from `peer` is served: a plain one only for this machine and for proxies.
  bool admits(const boost::asio::ip::address& peer) const {
    return tls || insecure_listen || peer.is_loopback() || proxies.contains(peer);
  }
};

}  // namespace activitytrack::server
