#pragma once

#include "server/database/database.hpp"
#include "server/http/message.hpp"

#include <activitytrack/core/clock.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

// How passwords are kept from being guessed: tries are counted, in the database, so for all servers.
//
// By name and client together: five, then one a minute, until an hour has passed without. So a stranger who guesses at
// a name from elsewhere does not keep its owner out; a browser that signed in as that person before is counted
// separately, so that nobody else can use up its tries.
//
// By client, the names that it failed with: thirty, and another one each minute. A name whose person gets in after all
// is taken off again, and known browsers are not counted: an office behind one address is not shut out.

namespace activitytrack::server {

constexpr std::int64_t free_tries = 5;
constexpr std::chrono::seconds wait_between_tries{60};
constexpr std::chrono::hours tries_kept{1};

/// The address, or of IPv6 the /64 that it is in: one customer of a provider has that many.
std::string network_of(std::string_view client);

/// Who tries to sign in, as tries are counted: a hash, so that the table holds no names and addresses.
Bytes tries_of_client(std::string_view user, std::string_view client);
Bytes tries_of_device(std::int64_t device);

/// Counts a try before it is made. False if it is one too many.
Result<bool> count_try(Database& database, const Bytes& who, Time now);

/// The same for a client that no cookie makes known, which may also try too many names.
Result<bool> count_try_of_stranger(Database& database, std::string_view user, std::string_view client, Time now);

/// The answer to one try too many, of a person's or at a sign-in service.
Response too_many_tries();

/// After a success.
Result<void> forget_tries(Database& database, const Bytes& who);
Result<void> forget_tries_of_stranger(Database& database, std::string_view user, std::string_view client);

}  // namespace activitytrack::server
