#include "server/accounts/setup_link.hpp"

#include "server/events/event_row.hpp"

namespace activitytrack::server {

Result<std::optional<NewSecret>> create_setup_link(Database& database, Time now) {
  const auto users = has_users(database);
  if (!users) return users.error();
  if (*users) return std::optional<NewSecret>();
  NewSecret secret = make_secret(SecretKind::setup);
  const auto made = database.run("INSERT INTO setup_links(id, hash, created_at) VALUES($1, $2, $3)",
                                 {secret.id, secret.hash, to_micros(now)});
  if (!made) return made.error();
  return std::optional(std::move(secret));
}

Result<bool> is_setup_link(Database& database, std::string_view text, Time now) {
  bool good = false;
  const auto token = parse_secret(text);
  if (!token || token->kind != SecretKind::setup) return good;
  const SecretHash hash = hash_secret(text);
  const auto read = database.run("SELECT hash FROM setup_links WHERE id = $1 AND created_at > $2",
                                 {token->id, to_micros(now - setup_link_length)},
                                 [&](const SqlRow& row) { good = is_same_hash(hash, row.text(0)); });
  if (!read) return read.error();
  return good;
}

Result<User> use_setup_link(Database& database, std::string_view text, const User& wanted,
                            const std::string& password_hash, Time now) {
  const auto good = is_setup_link(database, text, now);
  if (!good) return good.error();
  // Whoever removes the links was the first: another try at the same time finds none left.
  const auto ended = database.run("DELETE FROM setup_links");
  if (!ended) return ended.error();
  const auto users = has_users(database);
  if (!users) return users.error();
  if (!*good || *ended == 0 || *users) {
    return Error{ErrorCode::not_found,
                 "this link has been used or has expired; the server prints a new one when it "
                 "starts without users"};
  }
  User admin = wanted;
  admin.role = Role::admin;
  return add_user(database, admin, password_hash, now);
}

}  // namespace activitytrack::server
