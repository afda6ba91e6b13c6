#pragma once

#include <activitytrack/core/result.hpp>

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace activitytrack::server {

/// A key that TLS session tickets are sealed with. Whoever has it can read what was recorded of TLS 1.2
/// sessions.
struct TicketKey {
  std::array<unsigned char, 16> name;
  std::array<unsigned char, 32> mac;
  std::array<unsigned char, 32> cipher;
};

/// The first seals new tickets; all open old ones.
using TicketKeys = std::vector<TicketKey>;

/// One key that nobody else has.
Result<TicketKeys> make_ticket_keys();

/// Reads 80 bytes for each key, as nginx and haproxy have them: `openssl rand 80 > FILE`.
Result<TicketKeys> read_ticket_keys(const std::string& path);

}  // namespace activitytrack::server
