#pragma once

#include "server/accounts/secret_token.hpp"
#include "server/accounts/users.hpp"

#include <chrono>

// Who is signed in, and the cookies of their browsers: a session's, and the one by which a browser is known that signed
// in before. Both are HttpOnly and SameSite=Strict; under TLS also Secure, and named so (__Host-) that no other host
// can have set them. And the tokens by which a person's programs ask in their name: the reporter, a script.

namespace activitytrack::server {

constexpr std::chrono::hours session_idle{8};
constexpr std::chrono::hours session_length{7 * 24};

/// Drops the sessions that have ended by themselves, and begins one. Within a transaction.
Result<NewSecret> begin_session(Database& database, std::int64_t user, Time now);

/// Whose it is, if it has not ended. Notes the use, to some minutes.
Result<std::optional<User>> find_session(Database& database, const SecretToken& token, Time now);

/// Ends the session of this secret, if there is one.
Result<void> end_session(Database& database, const SecretToken& token);

enum class Cookie { session, device };

/// What it is called where the browser uses TLS, and where not.
std::string cookie_name(Cookie cookie, bool is_secure);

/// Its value; "" if the request has none.
std::string_view cookie_of(const Request& request, Cookie cookie);

/// The secret that the cookie holds, if it looks like one of its kind.
std::optional<SecretToken> secret_in_cookie(const Request& request, Cookie cookie);

/// Adds Set-Cookie; an empty value removes the cookie.
void set_cookie(Response& response, const Request& request, Cookie cookie, std::string_view value,
                std::chrono::seconds age);

/// Whether a page of this server itself sent the request: its Origin names the Host, with https under TLS, or the
/// server's public_url.
bool is_same_origin(const Request& request);

/// The answer to what is not: "WHAT from another site", and what to set if it is a proxy's doing.
Response foreign_origin(const Request& request, std::string_view what);

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
