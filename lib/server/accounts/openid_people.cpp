#include "server/accounts/openid_people.hpp"

#include "server/events/event_row.hpp"

namespace activitytrack::server {
namespace {

constexpr std::int64_t most_under_way = 10'000;

Result<std::optional<std::string>> find_name(Database& database, std::string_view issuer, std::string_view subject) {
  return select_one(database,
                    "SELECT u.name FROM openid_people p JOIN users u ON u.id = p.user_id"
                    " WHERE p.issuer = $1 AND p.subject = $2",
                    {std::string(issuer), std::string(subject)},
                    [](const SqlRow& row) { return std::string(row.text(0)); });
}

/// What is wanted, or with some digits behind it where that is taken.
Result<std::string> free_name(Database& database, const OpenIdPerson& person) {
  const std::string mark = format_id(random_id()).substr(0, 8);
  const auto wanted = normal_user_name(person.wanted_name);
  if (!wanted) return "openid-" + mark;
  const auto taken = find_user(database, *wanted);
  if (!taken) return taken.error();
  return *taken ? wanted->substr(0, 48) + "-" + mark : *wanted;
}

Result<std::string> add_person(Database& database, const OpenIdPerson& person, Time now) {
  auto name = free_name(database, person);
  if (!name) return name;
  const auto added = add_user(database, {.name = *name, .role = Role::self}, "", now);
  if (!added) return added.error();
  const auto known = database.execute("INSERT INTO openid_people(issuer, subject, user_id) VALUES($1, $2, $3)",
                                      {person.issuer, person.subject, added->id});
  if (!known) return known.error();
  return name;
}

Result<void> set_rights(Database& database, const User& user, Role role, const std::vector<std::string>& machines) {
  // The provider's word holds, also where no admin is left: the commands on the server can make one.
  auto set = database.execute("UPDATE users SET role = $2 WHERE id = $1", {user.id, std::string(to_string(role))});
  if (!set) return set;
  const auto changed = change_user(database, user.name, {.machines = machines});
  return changed ? Result<void>() : changed.error();
}

}  // namespace

Result<NewSecret> begin_openid_sign_in(Database& database, Time now) {
  const auto tidied =
      database.execute("DELETE FROM openid_sign_ins WHERE created_at <= $1", {now - openid_sign_in_length});
  if (!tidied) return tidied.error();
  const auto under_way = select_number(database, "SELECT count(*) FROM openid_sign_ins");
  if (!under_way) return under_way.error();
  if (*under_way >= most_under_way) return Error{ErrorCode::unavailable, "too many are signing in just now"};
  return add_secret(database, SecretKind::openid,
                    "INSERT INTO openid_sign_ins(id, hash, created_at) VALUES($1, $2, $3)", {now});
}

Result<bool> end_openid_sign_in(Database& database, const SecretToken& token, Time now) {
  return database.changes_one("DELETE FROM openid_sign_ins WHERE id = $1 AND hash = $2 AND created_at > $3",
                              {token.id, stored_hash(hash_secret(token.text)), now - openid_sign_in_length});
}

Result<User> renew_openid_person(Database& database, const OpenIdPerson& person, Time now) {
  const auto known = find_name(database, person.issuer, person.subject);
  if (!known) return known.error();
  const auto name = *known ? Result<std::string>(**known) : add_person(database, person, now);
  if (!name) return name.error();
  const auto user = existing_user(database, *name);
  if (!user) return user.error();
  if (auto set = set_rights(database, *user, person.role, person.machines); !set) return set.error();
  return existing_user(database, *name);
}

Result<void> shut_out_openid_person(Database& database, std::string_view issuer, std::string_view subject) {
  const auto known = find_name(database, issuer, subject);
  if (!known) return known.error();
  if (!*known) return {};
  const auto user = existing_user(database, **known);
  if (!user) return user.error();
  if (auto set = set_rights(database, *user, Role::self, {}); !set) return set;
  for (const auto sql : {"DELETE FROM sessions WHERE user_id = $1", "DELETE FROM api_tokens WHERE user_id = $1"}) {
    if (auto done = database.execute(sql, {user->id}); !done) return done;
  }
  return {};
}

Result<bool> is_openid_person(Database& database, std::int64_t user) {
  return database.finds("SELECT 1 FROM openid_people WHERE user_id = $1", {user});
}

}  // namespace activitytrack::server
