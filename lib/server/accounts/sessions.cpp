#include "server/accounts/sessions.hpp"

#include "server/accounts/person_row.hpp"
#include "server/events/event_row.hpp"

namespace activitytrack::server {

Result<NewSecret> begin_session(Database& database, std::int64_t user, Time now) {
  NewSecret secret = make_secret(SecretKind::session);
  const auto made =
      database.run("INSERT INTO sessions(id, hash, user_id, created_at, used_at) VALUES($1, $2, $3, $4, $4)",
                   {secret.id, secret.hash, user, to_micros(now)});
  if (!made) return made.error();
  return secret;
}

Result<std::optional<User>> find_session(Database& database, const SecretToken& token, Time now) {
  Time created_at, used_at;
  auto user = find_person(database,
                          "SELECT u.id, u.name, u.role, u.created_at, s.hash, s.created_at, s.used_at"
                          " FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1",
                          token, [&](const SqlRow& row) {
                            created_at = from_micros(row.integer(5));
                            used_at = from_micros(row.integer(6));
                          });
  if (!user || !*user) return user;
  if (now - created_at >= session_length || now - used_at >= session_idle) return std::optional<User>();
  if (now - used_at >= use_noted_each) {
    // A full disk must not keep people from reading.
    [[maybe_unused]] const auto noted =
        database.run("UPDATE sessions SET used_at = $2 WHERE id = $1", {token.id, to_micros(now)});
  }
  return user;
}

Result<void> end_session(Database& database, const SecretToken& token) {
  const auto ended = database.run("DELETE FROM sessions WHERE id = $1 AND hash = $2",
                                  {token.id, stored_hash(hash_secret(token.text))});
  if (!ended) return ended.error();
  return {};
}

Result<void> drop_ended_sessions(Database& database, Time now) {
  const auto dropped = database.run("DELETE FROM sessions WHERE created_at <= $1 OR used_at <= $2",
                                    {to_micros(now - session_length), to_micros(now - session_idle)});
  if (!dropped) return dropped.error();
  return {};
}

}  // namespace activitytrack::server
