#include "server/accounts/openid_people.hpp"

#include "server/accounts/login_tries.hpp"
#include "server/events/event_row.hpp"

#include <cstring>

namespace activitytrack::server {
namespace {

constexpr std::int64_t most_under_way = 10'000, most_of_client = 1'000;

/// Of a client's network, as it is stored: no address is.
std::int64_t number_of(std::string_view client) {
  const SecretHash hash = hash_secret("openid\n" + network_of(client));
  std::int64_t number = 0;
  std::memcpy(&number, hash.data(), sizeof number);
  return number;
}

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

/// The provider's word holds, also where no admin is left: the commands on the server can make one.
UserChange rights(Role role, std::vector<std::string> machines) {
  return {.role = role, .machines = std::move(machines), .may_leave_no_admin = true};
}

/// Of the sign-ins that were begun, by `of`, keeps the newest.
Result<void> keep_newest(Database& database, std::string_view of, std::int64_t client, std::int64_t most) {
  const std::string all = "FROM openid_sign_ins WHERE " + std::string(of);
  return database.execute(
      "DELETE " + all + " AND id NOT IN (SELECT id " + all + " ORDER BY created_at DESC, id LIMIT $2)", {client, most});
}

}  // namespace

Result<NewSecret> begin_openid_sign_in(Database& database, std::string_view client, Time now) {
  const auto tidied =
      database.execute("DELETE FROM openid_sign_ins WHERE created_at <= $1", {now - openid_sign_in_length});
  if (!tidied) return tidied.error();
  const std::int64_t network = number_of(client);
  if (auto bounded = keep_newest(database, "client = $1", network, most_of_client - 1); !bounded)
    return bounded.error();
  if (auto bounded = keep_newest(database, "client <> $1", network, most_under_way - most_of_client); !bounded)
    return bounded.error();
  return add_secret(database, SecretKind::openid,
                    "INSERT INTO openid_sign_ins(id, hash, created_at, client) VALUES($1, $2, $3, $4)", {now, network});
}

Result<bool> end_openid_sign_in(Database& database, const SecretToken& token, Time now) {
  return database.changes_one("DELETE FROM openid_sign_ins WHERE id = $1 AND hash = $2 AND created_at > $3",
                              {token.id, stored_hash(hash_secret(token.text)), now - openid_sign_in_length});
}

Result<ChangedUser> renew_openid_person(Database& database, const OpenIdPerson& person, Time now) {
  const auto known = find_name(database, person.issuer, person.subject);
  if (!known) return known.error();
  const auto name = *known ? Result<std::string>(**known) : add_person(database, person, now);
  if (!name) return name.error();
  auto changed = change_user(database, *name, rights(person.role, person.machines));
  if (changed && !*known) changed->before = {};
  return changed;
}

Result<std::optional<ChangedUser>> shut_out_openid_person(Database& database, std::string_view issuer,
                                                          std::string_view subject) {
  const auto known = find_name(database, issuer, subject);
  if (!known) return known.error();
  if (!*known) return std::optional<ChangedUser>();
  auto changed = change_user(database, **known, rights(Role::self, {}));
  if (!changed) return changed.error();
  const auto ended = end_sign_ins(database, changed->after.id);
  if (!ended) return ended.error();
  changed->ended += *ended;
  return std::optional(std::move(*changed));
}

}  // namespace activitytrack::server
