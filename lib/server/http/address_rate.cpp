#include "server/http/address_rate.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

namespace ip = boost::asio::ip;

constexpr std::chrono::nanoseconds minute = std::chrono::minutes(1);
constexpr std::size_t network_bytes = 8;

}  // namespace

CountedAddress counted_as(const ip::address& address) {
  if (address.is_v4()) return ip::make_address_v6(ip::v4_mapped, address.to_v4()).to_bytes();
  auto bytes = address.to_v6().to_bytes();
  if (!address.to_v6().is_v4_mapped()) std::fill(bytes.begin() + network_bytes, bytes.end(), 0);
  return bytes;
}

std::string address_share(std::string_view client) {
  boost::system::error_code error;
  const auto address = ip::make_address(client, error);
  return "address " + (error ? std::string(client) : ip::address_v6(counted_as(address)).to_string());
}

void AddressRate::set(std::size_t per_minute) {
  part_ = per_minute == 0 ? std::chrono::nanoseconds(0) : minute / static_cast<std::int64_t>(per_minute);
}

bool AddressRate::admit(const ip::address& address, Instant now) {
  if (part_.count() == 0) return true;
  Instant& rested_at = rested_at_[counted_as(address)];
  const Instant then = std::max(rested_at, now) + part_;
  if (then > now + minute) return false;
  rested_at = then;
  return true;
}

void AddressRate::forget_rested(Instant now) {
  std::erase_if(rested_at_, [now](const auto& entry) { return entry.second <= now; });
}

std::size_t AddressCount::of(const CountedAddress& address) const {
  const auto found = counts_.find(address);
  return found == counts_.end() ? 0 : found->second;
}

void AddressCount::subtract(const CountedAddress& address) {
  const auto found = counts_.find(address);
  if (--found->second == 0) counts_.erase(found);
}

}  // namespace activitytrack::server
