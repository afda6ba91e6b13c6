#include "server/accounts/sessions.hpp"

#include "server/database/database.hpp"
#include "server/events/event_row.hpp"
#include "server/http/message.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr std::size_t max_shown = 300;

constexpr std::size_t max_user_agent_chars = 128;

struct CookieKind {
  std::string_view name, same_site;
  SecretKind secret;
};

const CookieKind& kind_of(Cookie cookie) {
  static constexpr CookieKind all[] = {{"session", "Strict", SecretKind::session},
                                       {"device", "Strict", SecretKind::device},
                                       {"openid", "Lax", SecretKind::openid}};
  return all[static_cast<std::size_t>(cookie)];
}

std::string_view without_port(std::string_view host, std::string_view port) {
  if (host.ends_with(port)) host.remove_suffix(port.size());
  return host;
}

/// Of the cookie "name="; "" if there is none.
std::string_view value_of(std::string_view cookies, const std::string& name) {
  while (!cookies.empty()) {
    auto part = cookies.substr(0, cookies.find(';'));
    cookies.remove_prefix(std::min(cookies.size(), part.size() + 1));
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (part.starts_with(name)) return part.substr(name.size());
  }
  return {};
}

/// A header's value in a sentence: what could not stand in one is "?".
std::string shown(std::string_view value) {
  std::string text(value.substr(0, max_shown));
  std::ranges::replace_if(
      text, [](char c) { return c <= ' ' || c > '~'; }, '?');
  return text.empty() ? "missing" : text;
}

SessionRow read_session_row(const SqlRow& row) {
  return {.id = row.integer(0),
          .created_at = row.time(1),
          .used_at = row.time(2),
          .place = {std::string(row.text(3)), std::string(row.text(4))}};
}

}  // namespace

std::string cookie_name(Cookie cookie, bool is_secure) {
  return std::string(is_secure ? "__Host-" : "") + std::string(kind_of(cookie).name);
}

SessionPlace session_place(const Request& request) {
  SessionPlace place{request.client, request.user_agent.substr(0, max_user_agent_chars)};
  std::ranges::replace_if(
      place.user_agent, [](char c) { return c < ' ' || c > '~'; }, '?');
  return place;
}

Result<NewSecret> begin_session(Database& database, std::int64_t user, Time now, const SessionPlace& place) {
  const auto dropped = database.execute("DELETE FROM sessions WHERE created_at <= $1 OR used_at <= $2",
                                        {now - session_length, now - session_idle});
  if (!dropped) return dropped.error();
  const auto bounded = database.execute(
      "DELETE FROM sessions WHERE user_id = $1 AND id NOT IN"
      " (SELECT id FROM sessions WHERE user_id = $1 ORDER BY used_at DESC, id LIMIT $2)",
      {user, max_sessions_a_person - 1});
  if (!bounded) return bounded.error();
  return add_secret(database, SecretKind::session,
                    "INSERT INTO sessions(id, hash, user_id, created_at, used_at, client, user_agent)"
                    " VALUES($1, $2, $3, $4, $4, $5, $6)",
                    {user, now, place.client, place.user_agent});
}

Result<std::vector<SessionRow>> list_sessions(Database& database, std::int64_t user, Time now) {
  return select_all(database,
                    "SELECT id, created_at, used_at, client, user_agent FROM sessions"
                    " WHERE user_id = $1 AND created_at > $2 AND used_at > $3 ORDER BY created_at DESC, id",
                    {user, now - session_length, now - session_idle}, read_session_row);
}

Result<void> end_session_of(Database& database, std::int64_t user, std::int64_t id) {
  return database.must_change("DELETE FROM sessions WHERE user_id = $1 AND id = $2", {user, id},
                              {ErrorCode::not_found, "there is no such session " + format_id(id)});
}

Result<std::int64_t> end_sessions(Database& database, std::int64_t user, std::int64_t kept) {
  return database.run("DELETE FROM sessions WHERE user_id = $1 AND id <> $2", {user, kept});
}

Result<std::optional<User>> find_session(Database& database, const SecretToken& token, Time now) {
  Time created_at, used_at;
  auto user = find_person(database,
                          "SELECT u.id, u.name, u.role, u.created_at, s.hash, s.created_at, s.used_at"
                          " FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1",
                          token, [&](const SqlRow& row) {
                            created_at = row.time(5);
                            used_at = row.time(6);
                          });
  if (!user || !*user) return user;
  if (now - created_at >= session_length || now - used_at >= session_idle) return std::optional<User>();
  note_use(database, "UPDATE sessions SET used_at = $2 WHERE id = $1", token.id, used_at, now);
  return user;
}

Result<void> end_session(Database& database, const SecretToken& token) {
  return database.execute("DELETE FROM sessions WHERE id = $1 AND hash = $2",
                          {token.id, stored_hash(hash_secret(token.text))});
}

// Where a proxy does not say that it got the request by TLS, a cookie that was set under public_url is still found:
// only a server with TLS can have set one of that name.
std::string_view cookie_of(const Request& request, Cookie cookie) {
  const auto by_tls = value_of(request.cookie, cookie_name(cookie, true) + "=");
  return by_tls.empty() && !is_by_tls(request) ? value_of(request.cookie, cookie_name(cookie, false) + "=") : by_tls;
}

std::optional<SecretToken> secret_in_cookie(const Request& request, Cookie cookie) {
  const auto token = parse_secret(cookie_of(request, cookie));
  return token && token->kind == kind_of(cookie).secret ? token : std::nullopt;
}

bool is_by_tls(const Request& request) {
  return request.is_secure || (request.is_public && request.origin.starts_with("https:"));
}

void set_cookie(Response& response, bool is_secure, Cookie cookie, std::string_view value, std::chrono::seconds age) {
  std::string text = cookie_name(cookie, is_secure) + "=" + std::string(value) +
                     "; Path=/; HttpOnly; SameSite=" + std::string(kind_of(cookie).same_site) +
                     "; Max-Age=" + std::to_string(value.empty() ? 0 : age.count());
  if (is_secure) text += "; Secure";
  response.headers.emplace_back("Set-Cookie", std::move(text));
}

bool is_same_origin(const Request& request) {
  if (request.is_public) return true;
  std::string_view origin = request.origin;
  const std::string_view scheme = request.is_secure ? "https://" : "http://";
  const std::string_view port = request.is_secure ? ":443" : ":80";
  if (!origin.starts_with(scheme) || request.host.empty()) return false;
  origin.remove_prefix(scheme.size());
  return boost::algorithm::iequals(without_port(origin, port), without_port(request.host, port));
}

Response foreign_origin(const Request& request, std::string_view what) {
  const std::string origin = shown(request.origin), host = shown(request.host);
  return problem(403, std::string(what) + " from this site: Origin is " + origin + ", and this server was asked as " +
                          (is_by_tls(request) ? "https://" : "http://") + host +
                          ". If that is a proxy's doing, give the server public_url " + origin +
                          ", or name the proxy in trusted_proxy and have it send Host on (nginx: proxy_set_header Host "
                          "$http_host) or X-Forwarded-Host, and X-Forwarded-Proto");
}

}  // namespace activitytrack::server
