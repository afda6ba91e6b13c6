#pragma once

#include <string>
#include <string_view>

namespace activitytrack {

/// An IP address as its 4 or 16 bytes; "" for any other text.
std::string address_bytes(std::string_view text);

/// Whether `address` is within a network: "10.0.0.0/8", "fd00::/8".
bool in_network(std::string_view network, std::string_view address);

/// Whether an IP address is one of the internet's: not of this machine, of its link, of a private network, nor of any
/// other that is set apart (the registries of RFC 6890). One that stands for an IPv4 address is as public as that.
bool is_public_address(std::string_view address);

}  // namespace activitytrack
