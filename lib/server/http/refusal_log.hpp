#pragma once

#include "server/http/address_rate.hpp"
#include "server/http/message.hpp"

#include <activitytrack/core/log.hpp>

#include <cstdint>

namespace activitytrack::server {

/// Logs who gave a wrong password or an unknown token, and who asked too often (429) without being known: a line each,
/// with the address first, for programs that keep such addresses out (docs/security.md). Bounded for an address and for
/// all, so that nobody can fill the disk by it. For one thread.
class RefusalLog {
 public:
  using Instant = AddressRate::Instant;

  /// Borrowed.
  explicit RefusalLog(Log& log);

  /// Of an answer to a request: does nothing unless that is such a refusal.
  void note(const Request& request, const Response& response, Instant now);

  /// To be called each second or so: says each minute how many lines were left out.
  void tick(Instant now);

 private:
  bool admit(const std::string& client, Instant now);

  Log& log_;
  AddressRate of_address_, of_all_;
  std::uint64_t left_out_ = 0;
  Instant told_at_{};
};

}  // namespace activitytrack::server
