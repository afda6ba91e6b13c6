#include "server/accounts/api_tokens.hpp"

#include "server/accounts/sessions.hpp"
#include "server/database/database.hpp"
#include "server/events/event_row.hpp"

namespace activitytrack::server {
namespace {

ApiToken read_api_token(const SqlRow& row) {
  return {.id = row.integer(0),
          .user = std::string(row.text(1)),
          .label = std::string(row.text(2)),
          .may_write = row.integer(3) != 0,
          .created_at = row.time(4),
          .expires_at = row.time(5),
          .used_at = row.time_if_any(6)};
}

}  // namespace

Result<NewSecret> create_api_token(Database& database, std::int64_t user, const ApiToken& wanted, Time now) {
  const auto tidied = database.execute("DELETE FROM api_tokens WHERE expires_at <= $1", {now});
  if (!tidied) return tidied.error();
  return add_secret(database, SecretKind::person,
                    "INSERT INTO api_tokens(id, hash, user_id, label, may_write, created_at, expires_at)"
                    " VALUES($1, $2, $3, $4, $5, $6, $7)",
                    {user, wanted.label, std::int64_t{wanted.may_write}, now, wanted.expires_at});
}

Result<std::vector<ApiToken>> list_api_tokens(Database& database, std::int64_t user) {
  return select_all(database,
                    "SELECT t.id, u.name, t.label, t.may_write, t.created_at, t.expires_at, t.used_at"
                    " FROM api_tokens t JOIN users u ON u.id = t.user_id WHERE $1 = 0 OR t.user_id = $1"
                    " ORDER BY t.created_at DESC, t.id",
                    {user}, read_api_token);
}

Result<void> revoke_api_token(Database& database, std::int64_t id, std::int64_t user) {
  const auto removed = database.run("DELETE FROM api_tokens WHERE id = $1 AND ($2 = 0 OR user_id = $2)", {id, user});
  if (!removed) return removed.error();
  if (*removed == 0) return Error{ErrorCode::not_found, "there is no such token " + format_id(id)};
  return {};
}

Result<std::optional<TokenHolder>> find_api_token(Database& database, const SecretToken& token, Time now) {
  ApiToken found;
  auto user = find_person(database,
                          "SELECT u.id, u.name, u.role, u.created_at, t.hash, t.may_write, t.expires_at, t.used_at"
                          " FROM api_tokens t JOIN users u ON u.id = t.user_id WHERE t.id = $1",
                          token, [&](const SqlRow& row) {
                            found.may_write = row.integer(5) != 0;
                            found.expires_at = row.time(6);
                            found.used_at = row.time_if_any(7);
                          });
  if (!user) return user.error();
  if (!*user || found.expires_at <= now) return std::optional<TokenHolder>();
  note_use(database, "UPDATE api_tokens SET used_at = $2 WHERE id = $1", token, found.used_at, now);
  return TokenHolder{std::move(**user), found.may_write};
}

}  // namespace activitytrack::server
