#pragma once

#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <cstddef>
#include <map>

namespace activitytrack::server {

/// How often each address may do something: so many times a minute, all at once or spread, and each one comes back with
/// its part of the minute. A network of IPv6 (/64) counts as one address: anyone who has one has all of its addresses.
/// For one thread.
class AddressRate {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  /// 0: no limit.
  void set(std::size_t per_minute);

  /// Whether the address may do it once more.
  bool admit(const boost::asio::ip::address& address, Instant now);

  /// Forgets the addresses that have all their times again; to be called each second or so.
  void forget_rested(Instant now);

  std::size_t size() const { return rested_at_.size(); }

 private:
  /// Ordered, so that nobody can choose addresses that make it slow.
  std::map<boost::asio::ip::address_v6::bytes_type, Instant> rested_at_;
  std::chrono::nanoseconds part_{};
};

}  // namespace activitytrack::server
