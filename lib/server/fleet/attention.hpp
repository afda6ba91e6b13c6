#pragma once

#include "server/fleet/fleet_rows.hpp"

#include <activitytrack/core/clock.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

// What needs somebody's attention, by its cause.

namespace activitytrack::server {

/// A cause and the machines that it concerns.
struct Attention {
  std::string_view cause;
  std::optional<Time> since{};          ///< the earliest that is known
  std::vector<std::string> machines{};  ///< all of them, in order
  std::string detail{};                 ///< in words, without titles
};

/// The words that `cause` may be, in the order in which they are shown.
std::span<const std::string_view> attention_causes() noexcept;

/// Of these machines, what needs attention at `now`; causes that concern none are left out.
std::vector<Attention> attention_of(std::span<const FleetRow> rows, Time now);

}  // namespace activitytrack::server
