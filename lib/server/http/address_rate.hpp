#pragma once

#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>

namespace activitytrack::server {

/// What counts as one address: that, or of IPv6 the network (/64): anyone who has one has all of its addresses.
using CountedAddress = boost::asio::ip::address_v6::bytes_type;
CountedAddress counted_as(const boost::asio::ip::address& address);

/// Names the share (Request::asker) of whoever asks from there and is not known otherwise. What is no address stands
/// for itself.
std::string address_share(std::string_view client);

/// How often each address may do something: so many times a minute, all at once or spread, and each one comes back with
/// its part of the minute. For one thread.
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
  std::map<CountedAddress, Instant> rested_at_;
  std::chrono::nanoseconds part_{};
};

/// How many of something each address has. For one thread.
class AddressCount {
 public:
  std::size_t of(const CountedAddress& address) const;
  void add(const CountedAddress& address) { ++counts_[address]; }
  void subtract(const CountedAddress& address);

 private:
  std::map<CountedAddress, std::size_t> counts_;  ///< of those that have any
};

}  // namespace activitytrack::server
