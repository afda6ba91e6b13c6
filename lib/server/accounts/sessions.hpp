#pragma once

#include "server/accounts/secret_token.hpp"
#include "server/accounts/users.hpp"

#include <chrono>
#include <vector>

// Who is signed in, and the cookies of their browsers: a session's, and the one by which a browser is known that signed
// in before. Both are HttpOnly and SameSite=Strict; under TLS also Secure, and named so (__Host-) that no other host
// can have set them.

namespace activitytrack::server {

constexpr std::chrono::hours session_idle{8};
constexpr std::chrono::hours session_length{7 * 24};

/// Of a person's sessions so many are kept, those that were used last; and of the browsers that they are known by.
constexpr std::size_t max_sessions_a_person = 100;

/// Where a session is begun, for its person to know it by.
struct SessionPlace {
  std::string client{};      ///< address
  std::string user_agent{};  ///< as the browser says; shortened to 128 characters of ASCII
};
SessionPlace session_place(const Request& request);

/// Drops the sessions that have ended by themselves, and begins one. Within a transaction.
Result<NewSecret> begin_session(Database& database, std::int64_t user, Time now, const SessionPlace& place = {});

struct SessionRow {
  std::int64_t id = 0;
  Time created_at{};
  Time used_at{};  ///< last, to some minutes
  SessionPlace place{};
};

/// A person's that have not ended, the newest first.
Result<std::vector<SessionRow>> list_sessions(Database& database, std::int64_t user, Time now);

/// Ends one of theirs; `not_found` if there is none of this id.
Result<void> end_session_of(Database& database, std::int64_t user, std::int64_t id);

/// Ends all of theirs but `kept`. Returns how many there were.
Result<std::int64_t> end_sessions(Database& database, std::int64_t user, std::int64_t kept = 0);

/// Whose it is, if it has not ended. Notes the use, to some minutes.
Result<std::optional<User>> find_session(Database& database, const SecretToken& token, Time now);

/// Ends the session of this secret, if there is one.
Result<void> end_session(Database& database, const SecretToken& token);

enum class Cookie {
  session,
  device,
  openid,  ///< of who begins to sign in by OpenID Connect; SameSite=Lax, for another site sends them back
};

/// What it is called where the browser uses TLS, and where not.
std::string cookie_name(Cookie cookie, bool is_secure);

/// Its value; "" if the request has none.
std::string_view cookie_of(const Request& request, Cookie cookie);

/// The secret that the cookie holds, if it looks like one of its kind.
std::optional<SecretToken> secret_in_cookie(const Request& request, Cookie cookie);

/// Adds Set-Cookie; an empty value removes the cookie. `is_secure`: the browser used TLS (is_by_tls).
void set_cookie(Response& response, bool is_secure, Cookie cookie, std::string_view value, std::chrono::seconds age);

/// Whether the asker's browser used TLS: to this server, or to a proxy that says so, or by the server's public_url,
/// which only what a page asks for names.
bool is_by_tls(const Request& request);

/// Whether a page of this server itself sent the request: its Origin names the Host, with https under TLS, or the
/// server's public_url.
bool is_same_origin(const Request& request);

/// The answer to what is not: "WHAT from another site", and what to set if it is a proxy's doing.
Response foreign_origin(const Request& request, std::string_view what);

}  // namespace activitytrack::server
