#include "net/address.hpp"

#include "core/text.hpp"

#include <arpa/inet.h>
#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace activitytrack {
namespace {

constexpr std::string_view apart_v4[] = {"0.0.0.0/8",      "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8",
                                         "169.254.0.0/16", "172.16.0.0/12",  "192.0.0.0/24",  "192.0.2.0/24",
                                         "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
                                         "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4"};
constexpr std::string_view global_v6 = "2000::/3";
constexpr std::string_view apart_v6[] = {"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"};
constexpr std::string_view stands_for_v4[] = {"::ffff:0.0.0.0/96", "64:ff9b::/96"};

bool holds(std::string_view network, std::string_view address) {
  const std::size_t slash = network.find('/');
  const std::string base = address_bytes(network.substr(0, slash));
  const auto bits = parse_number<std::size_t>(network.substr(slash + 1));
  if (base.empty() || base.size() != address.size() || !bits || *bits > base.size() * 8) return false;
  for (std::size_t bit = 0; bit < *bits; ++bit) {
    if (((base[bit / 8] ^ address[bit / 8]) >> (7 - bit % 8) & 1) != 0) return false;
  }
  return true;
}

bool any_holds(std::span<const std::string_view> networks, std::string_view address) {
  return std::ranges::any_of(networks, [&](std::string_view network) { return holds(network, address); });
}

}  // namespace

std::string address_bytes(std::string_view text) {
  const std::string terminated(text);
  std::array<char, 16> bytes{};
  if (inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1) return {bytes.data(), 4};
  if (inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1) return {bytes.data(), 16};
  return {};
}

bool in_network(std::string_view network, std::string_view address) { return holds(network, address_bytes(address)); }

bool is_public_address(std::string_view address) {
  std::string bytes = address_bytes(address);
  if (any_holds(stands_for_v4, bytes)) bytes.erase(0, 12);
  if (bytes.size() == 4) return !any_holds(apart_v4, bytes);
  return holds(global_v6, bytes) && !any_holds(apart_v6, bytes);
}

}  // namespace activitytrack
