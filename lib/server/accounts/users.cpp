#include "server/accounts/users.hpp"

#include "server/accounts/person_row.hpp"
#include "server/accounts/role.hpp"
#include "server/accounts/secret_token.hpp"
#include "server/events/event_row.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr std::size_t max_name_chars = 64;

Result<void> run_all(Database& database, std::initializer_list<std::string_view> statements, std::int64_t user) {
  for (const auto& sql : statements) {
    if (const auto done = database.run(sql, {user}); !done) return done.error();
  }
  return {};
}

Result<void> set_machines(Database& database, std::int64_t user, const std::vector<std::string>& machines) {
  if (auto cleared = run_all(database, {"DELETE FROM user_machines WHERE user_id = $1"}, user); !cleared)
    return cleared;
  for (const std::string& machine : machines) {
    const auto given = database.run(
        "INSERT INTO user_machines(user_id, machine_id) VALUES($1, $2) ON CONFLICT(user_id, machine_id) DO "
        "NOTHING",
        {user, machine});
    if (!given) return given.error();
  }
  return {};
}

Result<User> existing_user(Database& database, std::string_view name) {
  auto user = find_user(database, name);
  if (!user) return user.error();
  if (!*user) return Error{ErrorCode::not_found, "there is no user " + std::string(name)};
  return std::move(**user);
}

/// Fails if a server with users would have nobody left who may add one.
Result<void> need_another_admin(Database& database, const User& user) {
  std::int64_t others = 0;
  const auto read = database.run("SELECT count(*) FROM users WHERE role = 'admin' AND id <> $1", {user.id},
                                 [&](const SqlRow& row) { others = row.integer(0); });
  if (!read) return read.error();
  if (user.role != Role::admin || others > 0) return {};
  return Error{ErrorCode::busy, user.name + " is the only admin; make another one first"};
}

}  // namespace

Result<std::string> normal_user_name(std::string_view name) {
  std::string normal(name);
  for (char& c : normal) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("._@+-").find(c) != std::string_view::npos;
  };
  if (normal.empty() || normal.size() > max_name_chars || !std::ranges::all_of(normal, is_allowed)) {
    return Error{ErrorCode::invalid_input, "user: must be 1 to 64 characters of a-z 0-9 . _ @ + -"};
  }
  return normal;
}

Result<User> add_user(Database& database, const User& wanted, const std::string& password_hash, Time now) {
  auto name = normal_user_name(wanted.name);
  if (!name) return name.error();
  User user = wanted;
  user.id = random_id();
  user.name = std::move(*name);
  user.created_at = now;
  const auto added = database.run(
      "INSERT INTO users(id, name, role, password, created_at) VALUES($1, $2, $3, $4, $5) ON CONFLICT(name) "
      "DO NOTHING",
      {user.id, user.name, std::string(to_string(user.role)), password_hash, to_micros(now)});
  if (!added) return added.error();
  if (*added == 0) return Error{ErrorCode::busy, "there is a user " + user.name + " already"};
  if (auto given = set_machines(database, user.id, user.machines); !given) return given.error();
  return user;
}

Result<std::vector<User>> list_users(Database& database) {
  std::vector<User> users;
  const auto read = database.run("SELECT id, name, role, created_at FROM users ORDER BY name", {},
                                 [&](const SqlRow& row) { users.push_back(read_user(row)); });
  if (!read) return read.error();
  for (User& user : users) {
    if (auto machines = read_user_machines(database, user); !machines) return machines.error();
  }
  return users;
}

Result<std::optional<User>> find_user(Database& database, std::string_view name) {
  const auto normal = normal_user_name(name);
  std::optional<User> user;
  if (!normal) return user;
  const auto read = database.run("SELECT id, name, role, created_at FROM users WHERE name = $1", {*normal},
                                 [&](const SqlRow& row) { user = read_user(row); });
  if (!read) return read.error();
  if (user) {
    if (auto machines = read_user_machines(database, *user); !machines) return machines.error();
  }
  return user;
}

Result<bool> has_users(Database& database) {
  bool found = false;
  const auto read = database.run("SELECT id FROM users LIMIT 1", {}, [&](const SqlRow&) { found = true; });
  if (!read) return read.error();
  return found;
}

Result<void> change_user(Database& database, std::string_view name, const UserChange& change) {
  const auto user = existing_user(database, name);
  if (!user) return user.error();
  if (change.role && *change.role != Role::admin) {
    if (auto left = need_another_admin(database, *user); !left) return left;
  }
  if (change.role) {
    const auto changed =
        database.run("UPDATE users SET role = $2 WHERE id = $1", {user->id, std::string(to_string(*change.role))});
    if (!changed) return changed.error();
  }
  return change.machines ? set_machines(database, user->id, *change.machines) : Result<void>();
}

Result<void> remove_user(Database& database, std::string_view name) {
  const auto user = existing_user(database, name);
  if (!user) return user.error();
  if (auto left = need_another_admin(database, *user); !left) return left;
  return run_all(database,
                 {"DELETE FROM sessions WHERE user_id = $1", "DELETE FROM api_tokens WHERE user_id = $1",
                  "DELETE FROM known_devices WHERE user_id = $1", "DELETE FROM user_machines WHERE user_id = $1",
                  "DELETE FROM users WHERE id = $1"},
                 user->id);
}

Result<void> set_password(Database& database, std::int64_t user, const std::string& password_hash,
                          std::int64_t kept_session) {
  const auto set = database.run("UPDATE users SET password = $2 WHERE id = $1", {user, password_hash});
  if (!set) return set.error();
  const auto ended = database.run("DELETE FROM sessions WHERE user_id = $1 AND id <> $2", {user, kept_session});
  if (!ended) return ended.error();
  return run_all(database, {"DELETE FROM known_devices WHERE user_id = $1"}, user);
}

Principal principal_of(const User& user) {
  return {.kind = Principal::Kind::person,
          .name = user.name,
          .role = user.role,
          .machines = {user.machines.begin(), user.machines.end()},
          .id = user.id};
}

}  // namespace activitytrack::server
