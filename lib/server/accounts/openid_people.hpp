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

/// Remembers that a browser begins to sign in; its cookie holds the secret. Of a client (network_of) 1,000 are
/// remembered, and 10,000 of all: who begins more makes the oldest end.
Result<NewSecret> begin_openid_sign_in(Database& database, std::string_view client, Time now);

/// Ends it. False if it was not begun, took too long, or has ended already.
Result<bool> end_openid_sign_in(Database& database, const SecretToken& token, Time now);

struct OpenIdPerson {
  std::string issuer, subject;
  std::string wanted_name;  ///< at the first sign-in; another one is made of it if it is taken, or can be none
  Role role = Role::self;
  std::vector<std::string> machines{};
};

/// Makes the person's row at their first sign-in, and gives them the role and machines of this one, also where no admin
/// is left by that. Within a transaction. `before` is empty at the first.
Result<ChangedUser> renew_openid_person(Database& database, const OpenIdPerson& person, Time now);

/// Takes role and machines from who was known and has no rights any more, and ends all by which they, or what they
/// made, are let in; nullopt if they were not known. Within a transaction.
Result<std::optional<ChangedUser>> shut_out_openid_person(Database& database, std::string_view issuer,
                                                          std::string_view subject);

}  // namespace activitytrack::server
