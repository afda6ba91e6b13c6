#pragma once

#include <activitytrack/core/result.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <string>
#include <string_view>

namespace activitytrack::server {

/// Reads "127.0.0.1:8100", "[::1]:8100" or "localhost:8100". Port 0: any that is free.
Result<boost::asio::ip::tcp::endpoint> parse_listen_address(std::string_view text);

/// The same, written.
std::string format_listen_address(const boost::asio::ip::tcp::endpoint& endpoint);

}  // namespace activitytrack::server
