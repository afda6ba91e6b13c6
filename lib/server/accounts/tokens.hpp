#pragma once

#include "server/accounts/secret_token.hpp"
#include "server/accounts/users.hpp"

#include <vector>

// The tokens by which a person's programs ask in their name: the reporter, a script.

namespace activitytrack::server {

/// A person has at most so many that have not expired.
constexpr std::int64_t max_tokens_a_person = 100;

struct ApiToken {
  std::int64_t id = 0;
  std::string user{};  ///< whose it is
  std::string label{};
  bool may_write = false;  ///< else it reads only
  Time created_at{};
  Time expires_at{};
  std::optional<Time> used_at{};  ///< last, to some minutes
  std::int64_t parent = 0;        ///< the token that made it, with which it ends; 0: none
  std::string made_by{};          ///< the person who did; "" if nobody with an account
};

/// Makes a token of `user` by `wanted`'s label, may_write and expires_at; it expires with the token that makes it, if
/// that is sooner, and ends with it. `conflict` if they have too many, `unauthorized` if the maker's has ended.
Result<NewSecret> create_api_token(Database& database, std::int64_t user, const ApiToken& wanted, Time now,
                                   const Maker& maker = {});

/// Those of one person, or of all if `user` is 0.
Result<std::vector<ApiToken>> list_api_tokens(Database& database, std::int64_t user, const NewestFirst& page = {});

/// With what was made by it. `not_found` unless it is there and, if `user` is not 0, theirs.
struct RevokedToken {
  ApiToken token{};
  Ended with_it{};
};
Result<RevokedToken> revoke_api_token(Database& database, std::int64_t id, std::int64_t user);

/// Whose it is and what it may, if it is good. Notes the use, to some minutes.
struct TokenHolder {
  User user{};
  bool may_write = false;
  Time expires_at{};
};
Result<std::optional<TokenHolder>> find_api_token(Database& database, const SecretToken& token, Time now);

/// Ends a person's tokens, and the tokens and enrolment tokens that they made for others.
Result<Ended> end_tokens_of(Database& database, std::int64_t user);

/// Ends only what they made for others.
Result<Ended> end_tokens_for_others(Database& database, std::int64_t user);

}  // namespace activitytrack::server
