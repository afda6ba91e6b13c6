#pragma once

#include "server/events/store.hpp"

#include <string>
#include <string_view>

namespace activitytrack::server {

/// What state a machine is in, as far as the server knows.
enum class Liveness {
  active,
  idle,             ///< its latest event is
  paused,           ///< its agent said so with what it sent last; stays until it is heard of again
  capture_failing,  ///< it sends, but sees no input
  offline,          ///< not heard of for three times the interval in which it would have sent
};

std::string_view to_string(Liveness state) noexcept;

Liveness liveness(const Machine& machine, Time now) noexcept;

/// A machine as the API shows it.
void append_machine_json(std::string& out, const Machine& machine, Time now);

}  // namespace activitytrack::server
