#pragma once

#include "server/database/database.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::server {

/// The address, or of IPv6 the /64 that it is in: one customer of a provider has that many.
std::string network_of(std::string_view client);

/// Who tries to sign in, as tries are counted: a hash, so that the table tells no names and addresses.
Bytes tries_of_client(std::string_view user, std::string_view client);
Bytes tries_of_device(std::int64_t device);

/// Counts a try before it is made. False if it is one too many.
Result<bool> count_try(Database& database, const Bytes& who, Time now);

/// After a success.
Result<void> forget_tries(Database& database, const Bytes& who);

}  // namespace activitytrack::server
