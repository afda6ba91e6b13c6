#include "server/http/listen_address.hpp"

#include <charconv>

namespace activitytrack::server {

namespace asio = boost::asio;
using asio::ip::tcp;

Result<tcp::endpoint> parse_listen_address(std::string_view text) {
  const auto wrong = [&] {
    return Error{ErrorCode::invalid_input,
                 "\"" + std::string(text) + "\" is not an address to listen on: write 127.0.0.1:8100 or [::1]:8100"};
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong();
  std::uint16_t port = 0;
  const auto digits = text.substr(colon + 1);
  const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (digits.empty() || bad != std::errc() || end != digits.data() + digits.size()) return wrong();
  auto host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  boost::system::error_code error;
  const auto address = asio::ip::make_address(std::string(host), error);
  if (error || address.is_v6() != bracketed) return wrong();
  return tcp::endpoint(address, port);
}

std::string format_listen_address(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

}  // namespace activitytrack::server
