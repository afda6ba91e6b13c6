#pragma once

#include "server/http/dispatcher.hpp"
#include "server/http/http_stats.hpp"
#include "server/http/input_buffer.hpp"
#include "server/http/limits.hpp"
#include "server/http/tls_context.hpp"
#include "server/http/trusted_proxies.hpp"
#include "server/http/wakeups.hpp"

#include <activitytrack/core/log.hpp>

#include <memory>
#include <string>

namespace activitytrack::server {

/// What the administrator may change while the server runs.
struct HttpConfig {
  HttpLimits limits;
  TrustedProxies proxies;
  std::shared_ptr<const TlsContext> tls;  ///< null: plain
  bool insecure_listen = false;           ///< plain for everyone

  /// Whether a connection from `peer` is served: a plain one for this machine and for proxies alone.
  bool admits(const boost::asio::ip::address& peer) const {
    return tls || insecure_listen || peer.is_loopback() || proxies.contains(peer);
  }
};

/// What all sessions share, on the network's thread.
struct Edge {
  Edge(boost::asio::io_context& context, Dispatcher& to, HttpStats& counts, Log& lines)
      : dispatcher(to), stats(counts), log(lines), wakeups(context), buffers(counts) {}

  HttpConfig config;
  Dispatcher& dispatcher;
  HttpStats& stats;
  Log& log;
  Wakeups wakeups;
  BufferPool buffers;
  std::string date;  ///< now, as HTTP has it
};

}  // namespace activitytrack::server
