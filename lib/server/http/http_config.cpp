#include "server/http/http_config.hpp"

#include "core/text.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>

namespace activitytrack::server {
namespace {

namespace ip = boost::asio::ip;

/// Removes the last part of a list with commas, and returns it.
std::string_view take_last(std::string_view& list) {
  const auto begin = list.rfind(',') + 1;  // 0 without a comma
  const auto last = list.substr(begin);
  list = list.substr(0, begin == 0 ? 0 : begin - 1);
  return stripped(last);
}

/// An address of X-Forwarded-For: some proxies add a port, "1.2.3.4:567" or "[::1]:567".
std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) return text.substr(1, text.find(']') - 1);
  const auto colon = text.find(':');
  return colon != std::string_view::npos && colon == text.rfind(':') ? text.substr(0, colon) : text;
}

ip::address unmapped(const ip::address& address) {
  const bool mapped = address.is_v6() && address.to_v6().is_v4_mapped();
  return mapped ? ip::make_address_v4(ip::v4_mapped, address.to_v6()) : address;
}

template <class Networks, class Address>
bool is_in(const Networks& networks, const Address& address) {
  return std::ranges::any_of(networks, [&](const auto& network) {
    using Network = std::remove_cvref_t<decltype(network)>;
    return Network(address, network.prefix_length()).canonical() == network;
  });
}

}  // namespace

Result<ip::tcp::endpoint> parse_listen_address(std::string_view text) {
  const auto wrong = [&](const std::string& what = "write 127.0.0.1:8100 or [::1]:8100, or 0.0.0.0:8100 for all") {
    return Error{ErrorCode::invalid_input, "\"" + std::string(text) + "\" is not an address to listen on: " + what};
  };
  const auto colon = text.rfind(':');
  if (text.find("://") != std::string_view::npos) return wrong("write it without http:// and a path: 127.0.0.1:8100");
  if (colon == std::string_view::npos || text.ends_with(']'))
    return wrong("its port is missing: write 127.0.0.1:8100 or [::1]:8100");
  const auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
  if (!port) return wrong("its port must be from 0 to 65535, where 0 is any that is free");
  auto host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  boost::system::error_code error;
  const auto address = ip::make_address(std::string(host), error);
  if (!error && address.is_v6() && !bracketed) return wrong("an address of IPv6 stands in brackets: [::1]:8100");
  if (error || address.is_v6() != bracketed) return wrong();
  return ip::tcp::endpoint(address, *port);
}

std::string format_listen_address(const ip::tcp::endpoint& endpoint) {
  const auto address = endpoint.address().to_string();
  return (endpoint.address().is_v6() ? "[" + address + "]" : address) + ":" + std::to_string(endpoint.port());
}

Error listen_error(const ip::tcp::endpoint& endpoint, const boost::system::error_code& failed) {
  namespace errc = boost::system::errc;
  std::string advice = "give another --listen";
  if (failed == errc::address_in_use)
    advice = "another program has this port: stop it, or give another --listen";
  else if (failed == errc::permission_denied)
    advice = "ports below 1024 are root's: give a higher one, or let the service have CAP_NET_BIND_SERVICE";
  else if (failed == errc::address_not_available)
    advice = "this machine has no such address: give one that `ip address` shows, or " +
             std::string(endpoint.address().is_v6() ? "[::]" : "0.0.0.0") + " for all of them";
  else if (failed == errc::address_family_not_supported)
    advice = "this machine has no IPv6: give an address of IPv4";
  return {ErrorCode::io,
          "cannot listen on " + format_listen_address(endpoint) + ": " + failed.message() + "; " + advice};
}

Result<void> TrustedProxies::add(std::string_view text) {
  const std::string address(text);
  const bool has_length = text.find('/') != text.npos;
  boost::system::error_code not_v4, not_v6;
  const auto v4 = ip::make_network_v4(has_length ? address : address + "/32", not_v4);
  const auto v6 = ip::make_network_v6(has_length ? address : address + "/128", not_v6);
  if (!not_v4) v4_.push_back(v4.canonical());
  if (!not_v6) v6_.push_back(v6.canonical());
  if (!not_v4 || !not_v6) return {};
  return Error{ErrorCode::invalid_input,
               "\"" + address + "\" is not a proxy's address: write 10.0.0.1, 10.0.0.0/8 or fd00::/8"};
}

bool TrustedProxies::contains(const ip::address& address) const {
  const auto plain = unmapped(address);
  return plain.is_v4() ? is_in(v4_, plain.to_v4()) : is_in(v6_, plain.to_v6());
}

std::string TrustedProxies::client(std::string_view forwarded_for, std::string peer) const {
  while (!forwarded_for.empty()) {
    boost::system::error_code error;
    const auto address = ip::make_address(std::string(without_port(take_last(forwarded_for))), error);
    if (error) break;  // what is before it is no better
    peer = unmapped(address).to_string();
    if (!contains(address)) break;
  }
  return peer;
}

bool is_forwarded_https(std::string_view forwarded_proto) noexcept {
  return boost::algorithm::iequals(take_last(forwarded_proto), "https");
}

std::string_view forwarded_host_of(std::string_view forwarded_host) noexcept { return take_last(forwarded_host); }

}  // namespace activitytrack::server
