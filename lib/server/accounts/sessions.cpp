#include "server/accounts/sessions.hpp"

#include "server/database/database.hpp"
#include "server/events/event_row.hpp"
#include "server/http/message.hpp"

#include <boost/algorithm/string/predicate.hpp>

#include <algorithm>

namespace activitytrack::server {
namespace {

std::string name_of(Cookie cookie, bool is_secure) {
  return std::string(is_secure ? "__Host-" : "") + (cookie == Cookie::session ? "session" : "device");
}

/// Uses of sessions and tokens are noted this often, so that reading does not mean writing.
constexpr std::chrono::minutes use_noted_each{5};

std::string_view without_port(std::string_view host, std::string_view port) {
  if (host.ends_with(port)) host.remove_suffix(port.size());
  return host;
}

}  // namespace

Result<NewSecret> begin_session(Database& database, std::int64_t user, Time now) {
  const auto dropped = database.execute("DELETE FROM sessions WHERE created_at <= $1 OR used_at <= $2",
                                        {now - session_length, now - session_idle});
  if (!dropped) return dropped.error();
  return add_secret(database, SecretKind::session,
                    "INSERT INTO sessions(id, hash, user_id, created_at, used_at) VALUES($1, $2, $3, $4, $4)",
                    {user, now});
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
  note_use(database, "UPDATE sessions SET used_at = $2 WHERE id = $1", token, used_at, now);
  return user;
}

void note_use(Database& database, std::string_view sql, const SecretToken& token, std::optional<Time> last, Time now) {
  if (last && now - *last < use_noted_each) return;
  // A full disk must not keep people from reading.
  [[maybe_unused]] const auto noted = database.run(sql, {token.id, now});
}

Result<void> end_session(Database& database, const SecretToken& token) {
  return database.execute("DELETE FROM sessions WHERE id = $1 AND hash = $2",
                          {token.id, stored_hash(hash_secret(token.text))});
}

std::string_view cookie_of(const Request& request, Cookie cookie) {
  const std::string name = name_of(cookie, request.is_secure) + "=";
  std::string_view rest = request.cookie;
  while (!rest.empty()) {
    auto part = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (part.starts_with(name)) return part.substr(name.size());
  }
  return {};
}

std::optional<SecretToken> secret_in_cookie(const Request& request, Cookie cookie) {
  const auto token = parse_secret(cookie_of(request, cookie));
  const auto kind = cookie == Cookie::session ? SecretKind::session : SecretKind::device;
  return token && token->kind == kind ? token : std::nullopt;
}

void set_cookie(Response& response, const Request& request, Cookie cookie, std::string_view value,
                std::chrono::seconds age) {
  std::string text = name_of(cookie, request.is_secure) + "=" + std::string(value) +
                     "; Path=/; HttpOnly; SameSite=Strict; Max-Age=" + std::to_string(value.empty() ? 0 : age.count());
  if (request.is_secure) text += "; Secure";
  response.headers.emplace_back("Set-Cookie", std::move(text));
}

bool is_same_origin(const Request& request) {
  std::string_view origin = request.origin;
  const std::string_view scheme = request.is_secure ? "https://" : "http://";
  const std::string_view port = request.is_secure ? ":443" : ":80";
  if (!origin.starts_with(scheme) || request.host.empty()) return false;
  origin.remove_prefix(scheme.size());
  return boost::algorithm::iequals(without_port(origin, port), without_port(request.host, port));
}

}  // namespace activitytrack::server
