#include "server/accounts/tokens.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

ApiToken read_api_token(const SqlRow& row) {
  return {.id = row.integer(0),
          .user = std::string(row.text(1)),
          .label = std::string(row.text(2)),
          .may_write = row.flag(3),
          .created_at = row.time(4),
          .expires_at = row.time(5),
          .used_at = row.time_if_any(6),
          .parent = row.integer(7),
          .made_by = row.is_null(8) ? "" : std::string(row.text(8))};
}

constexpr std::string_view columns =
    "SELECT t.id, u.name, t.label, t.may_write, t.created_at, t.expires_at, t.used_at, t.parent, m.name"
    " FROM api_tokens t JOIN users u ON u.id = t.user_id LEFT JOIN users m ON m.id = t.made_by";

Result<void> need_room(Database& database, std::int64_t user) {
  const auto count = select_number(database, "SELECT count(*) FROM api_tokens WHERE user_id = $1", {user});
  if (!count) return count.error();
  if (*count < max_tokens_a_person) return {};
  return Error{ErrorCode::conflict, "this person has " + std::to_string(*count) + " tokens; revoke one first"};
}

/// Runs statements that end what was made by $1, and adds up what they end.
Result<Ended> end_by(Database& database, std::string_view of_tokens, std::int64_t user) {
  const auto tokens = database.run(of_tokens, {user});
  if (!tokens) return tokens.error();
  const auto enrolment = database.run("DELETE FROM enrolment_tokens WHERE made_by = $1", {user});
  if (!enrolment) return enrolment.error();
  auto orphans = end_orphans(database);
  if (!orphans) return orphans.error();
  return Ended{0, *tokens + orphans->tokens, *enrolment + orphans->enrolment_tokens};
}

}  // namespace

Result<NewSecret> create_api_token(Database& database, std::int64_t user, const ApiToken& wanted, Time now,
                                   const Maker& maker) {
  const auto tidied = database.execute("DELETE FROM api_tokens WHERE expires_at <= $1", {now});
  if (!tidied) return tidied.error();
  if (auto good = need_maker(database, maker); !good) return good.error();
  if (auto room = need_room(database, user); !room) return room.error();
  return add_secret(
      database, SecretKind::person,
      "INSERT INTO api_tokens(id, hash, user_id, label, may_write, created_at, expires_at, made_by, parent)"
      " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {user, wanted.label, std::int64_t{wanted.may_write}, now, std::min(wanted.expires_at, maker.token_ends),
       maker.user, maker.token});
}

Result<std::vector<ApiToken>> list_api_tokens(Database& database, std::int64_t user, const NewestFirst& page) {
  return select_all(database,
                    std::string(columns) +
                        " WHERE ($1 = 0 OR t.user_id = $1)"
                        " AND (t.created_at < $2 OR (t.created_at = $2 AND t.id < $3))"
                        " ORDER BY t.created_at DESC, t.id DESC LIMIT $4",
                    {user, page.at, page.id, page.limit}, read_api_token);
}

Result<RevokedToken> revoke_api_token(Database& database, std::int64_t id, std::int64_t user) {
  auto token = select_one(database, std::string(columns) + " WHERE t.id = $1 AND ($2 = 0 OR t.user_id = $2)",
                          {id, user}, read_api_token);
  if (!token) return token.error();
  if (!*token) return Error{ErrorCode::not_found, "there is no such token " + format_id(id)};
  if (auto ended = database.execute("DELETE FROM api_tokens WHERE id = $1", {id}); !ended) return ended.error();
  const auto with_it = end_orphans(database);
  if (!with_it) return with_it.error();
  return RevokedToken{std::move(**token), *with_it};
}

Result<std::optional<TokenHolder>> find_api_token(Database& database, const SecretToken& token, Time now) {
  ApiToken found;
  auto user = find_person(database,
                          "SELECT u.id, u.name, u.role, u.created_at, t.hash, t.may_write, t.expires_at, t.used_at"
                          " FROM api_tokens t JOIN users u ON u.id = t.user_id WHERE t.id = $1",
                          token, [&](const SqlRow& row) {
                            found.may_write = row.flag(5);
                            found.expires_at = row.time(6);
                            found.used_at = row.time_if_any(7);
                          });
  if (!user) return user.error();
  if (!*user || found.expires_at <= now) return std::optional<TokenHolder>();
  note_use(database, "UPDATE api_tokens SET used_at = $2 WHERE id = $1", token.id, found.used_at, now);
  return TokenHolder{std::move(**user), found.may_write, found.expires_at};
}

Result<Ended> end_tokens_of(Database& database, std::int64_t user) {
  return end_by(database, "DELETE FROM api_tokens WHERE user_id = $1 OR made_by = $1", user);
}

Result<Ended> end_tokens_for_others(Database& database, std::int64_t user) {
  return end_by(database, "DELETE FROM api_tokens WHERE user_id <> $1 AND made_by = $1", user);
}

}  // namespace activitytrack::server
