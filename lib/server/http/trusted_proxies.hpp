#pragma once

#include <activitytrack/core/result.hpp>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::server {

/// The proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
class TrustedProxies {
 public:
  TrustedProxies() = default;

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

}  // namespace activitytrack::server
