#pragma once

#include "server/accounts/secret_token.hpp"
#include "server/accounts/users.hpp"

#include <chrono>
#include <string>
#include <string_view>

// People who sign in by OpenID Connect. Each is known by the issuer and the subject that it gave them, never by name:
// no local account can be had by naming oneself like its person.

namespace activitytrack::server {

constexpr std::chrono::minutes openid_sign_in_length{10};

/// Remembers that a browser begins to sign in; its cookie holds the secret. `unavailable` while too many do.
Result<NewSecret> begin_openid_sign_in(Database& database, Time now);

/// Ends it. False if it was not begun, took too long, or has ended already.
Result<bool> end_openid_sign_in(Database& database, const SecretToken& token, Time now);

struct OpenIdPerson {
  std::string issuer, subject;
  std::string wanted_name;  ///< at the first sign-in; another one is made of it if it is taken, or can be none
  Role role = Role::self;
  std::vector<std::string> machines{};
};

/// Makes the person's row at their first sign-in, and gives them the role and machines of this one. Within a
/// transaction.
Result<User> renew_openid_person(Database& database, const OpenIdPerson& person, Time now);

/// Takes role, machines and sessions from who was known and has no rights any more. Within a transaction.
Result<void> shut_out_openid_person(Database& database, std::string_view issuer, std::string_view subject);

/// Whether they sign in so, and have no password.
Result<bool> is_openid_person(Database& database, std::int64_t user);

}  // namespace activitytrack::server
