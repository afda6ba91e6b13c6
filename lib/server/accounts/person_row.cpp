#include "server/accounts/person_row.hpp"

#include "server/accounts/role.hpp"
#include "server/events/event_row.hpp"

namespace activitytrack::server {

Result<std::optional<User>> find_person(Database& database, std::string_view sql, const SecretToken& token,
                                        const Database::EachRow& each) {
  std::optional<User> user;
  const SecretHash hash = hash_secret(token.text);
  const auto read = database.run(sql, {token.id}, [&](const SqlRow& row) {
    if (!is_same_hash(hash, row.text(4))) return;
    user = read_user(row);
    each(row);
  });
  if (!read) return read.error();
  if (user) {
    if (auto machines = read_user_machines(database, *user); !machines) return machines.error();
  }
  return user;
}

User read_user(const SqlRow& row) {
  return {.id = row.integer(0),
          .name = std::string(row.text(1)),
          .role = parse_role(row.text(2)).value_or(Role::self),
          .created_at = from_micros(row.integer(3))};
}

Result<void> read_user_machines(Database& database, User& user) {
  const auto read = database.run("SELECT machine_id FROM user_machines WHERE user_id = $1 ORDER BY machine_id",
                                 {user.id}, [&](const SqlRow& row) { user.machines.emplace_back(row.text(0)); });
  if (!read) return read.error();
  return {};
}

}  // namespace activitytrack::server
