#pragma once

#include "server/accounts/secret_token.hpp"
#include "server/accounts/users.hpp"

#include <vector>

// Tokens by which a person's programs ask in their name: the reporter, a script.

namespace activitytrack::server {

struct ApiToken {
  std::int64_t id = 0;
  std::string user{};  ///< whose it is
  std::string label{};
  bool may_write = false;  ///< else it reads only
  Time created_at{};
  Time expires_at{};
  std::optional<Time> used_at{};  ///< last, to some minutes
};

/// Makes a token of `user` by `wanted`'s label, may_write and expires_at.
Result<NewSecret> create_api_token(Database& database, std::int64_t user, const ApiToken& wanted, Time now);

/// Those of one person, or of all if `user` is 0; the newest first.
Result<std::vector<ApiToken>> list_api_tokens(Database& database, std::int64_t user);

/// `not_found` unless it is there and, if `user` is not 0, theirs.
Result<void> revoke_api_token(Database& database, std::int64_t id, std::int64_t user);

/// Whose it is and what it may, if it is good. Notes the use, to some minutes.
struct TokenHolder {
  User user{};
  bool may_write = false;
};
Result<std::optional<TokenHolder>> find_api_token(Database& database, const SecretToken& token, Time now);

}  // namespace activitytrack::server
