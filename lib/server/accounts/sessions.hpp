#pragma once

#include "server/accounts/secret_token.hpp"
#include "server/accounts/users.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

// Who is signed in, and the cookies of their browsers: a session's, and the one by which a browser is known that signed
// in before. Both are HttpOnly and SameSite=Strict; under TLS also Secure, and named so (__Host-) that no other host
// can have set them.

namespace activitytrack::server {

constexpr std::chrono::hours session_idle{8};
constexpr std::chrono::hours session_length{7 * 24};

/// Drops the sessions that have ended by themselves, and begins one. Within a transaction.
Result<NewSecret> begin_session(Database& database, std::int64_t user, Time now);

/// Whose it is, if it has not ended. Notes the use, to some minutes.
Result<std::optional<User>> find_session(Database& database, const SecretToken& token, Time now);

/// Notes a use of a session or token by `sql`, which sets a time, $2, in the row of an id, $1; but not if the last use
/// that was noted, `last`, is only minutes ago.
void note_use(Database& database, std::string_view sql, const SecretToken& token, std::optional<Time> last, Time now);

/// Ends the session of this secret, if there is one.
Result<void> end_session(Database& database, const SecretToken& token);

enum class Cookie { session, device };

/// Its value; "" if the request has none.
std::string_view cookie_of(const Request& request, Cookie cookie);

/// The secret that the cookie holds, if it looks like one of its kind.
std::optional<SecretToken> secret_in_cookie(const Request& request, Cookie cookie);

/// Adds Set-Cookie; an empty value removes the cookie.
void set_cookie(Response& response, const Request& request, Cookie cookie, std::string_view value,
                std::chrono::seconds age);

/// Whether a page of this server itself sent the request: its Origin names the Host, with https under TLS.
bool is_same_origin(const Request& request);

}  // namespace activitytrack::server
