#include "server/accounts/users.hpp"

#include "core/event_fields.hpp"
#include "server/accounts/sessions.hpp"
#include "server/accounts/tokens.hpp"
#include "server/events/event_row.hpp"

#include <algorithm>
#include <map>

namespace activitytrack::server {
namespace {

constexpr std::size_t max_name_chars = 64;

/// The columns u.id, u.name, u.role, u.created_at.
User read_user(const SqlRow& row) {
  return {.id = row.integer(0),
          .name = std::string(row.text(1)),
          .role = parse_role(row.text(2)).value_or(Role::self),
          .created_at = row.time(3)};
}

/// Fills in user.machines.
Result<void> read_user_machines(Database& database, User& user) {
  auto machines =
      select_texts(database, "SELECT machine_id FROM user_machines WHERE user_id = $1 ORDER BY machine_id", {user.id});
  if (!machines) return machines.error();
  user.machines = std::move(*machines);
  return {};
}

Result<std::optional<User>> with_machines(Database& database, Result<std::optional<User>> user) {
  if (!user || !*user) return user;
  if (auto machines = read_user_machines(database, **user); !machines) return machines.error();
  return user;
}

Result<void> set_machines(Database& database, std::int64_t user, const std::vector<std::string>& machines) {
  if (auto cleared = database.execute("DELETE FROM user_machines WHERE user_id = $1", {user}); !cleared) return cleared;
  for (const std::string& machine : machines) {
    if (const auto wrong = machine_id_fault(machine); !wrong.empty())
      return Error{ErrorCode::invalid_input, "machines: each " + std::string(wrong)};
    auto given = database.execute(
        "INSERT INTO user_machines(user_id, machine_id) VALUES($1, $2)"
        " ON CONFLICT(user_id, machine_id) DO NOTHING",
        {user, machine});
    if (!given) return given;
  }
  return {};
}

Result<void> need_room(Database& database) {
  const auto count = select_number(database, "SELECT count(*) FROM users");
  if (!count) return count.error();
  if (*count < max_users) return {};
  return Error{ErrorCode::conflict, "there are " + std::to_string(*count) + " people already"};
}

/// Fails if a server with users would have nobody left who may add one.
Result<void> need_another_admin(Database& database, const User& user) {
  const auto others = database.finds("SELECT 1 FROM users WHERE role = 'admin' AND id <> $1 LIMIT 1", {user.id});
  if (!others) return others.error();
  if (user.role != Role::admin || *others) return {};
  return Error{ErrorCode::conflict, user.name + " is the only admin; make another one first"};
}

/// Who becomes an admin needs no link any more, and nobody else is to become one by it.
Result<void> end_setup_links(Database& database, Role became) {
  if (became != Role::admin) return {};
  return database.execute("DELETE FROM setup_links");
}

}  // namespace

Principal principal_of(const User& user) {
  return {.kind = Principal::Kind::person,
          .name = user.name,
          .role = user.role,
          .machines = {user.machines.begin(), user.machines.end()},
          .id = user.id,
          .maker = {.user = user.id}};
}

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

Result<std::vector<User>> list_users(Database& database, std::string_view after, std::size_t limit) {
  auto users =
      select_all(database, "SELECT id, name, role, created_at FROM users WHERE name > $1 ORDER BY name LIMIT $2",
                 {after, limit}, read_user);
  if (!users) return users;
  std::map<std::int64_t, User*> by_id;
  for (User& user : *users) by_id[user.id] = &user;
  const auto read = database.run(
      "SELECT user_id, machine_id FROM user_machines WHERE user_id IN"
      " (SELECT id FROM users WHERE name > $1 ORDER BY name LIMIT $2) ORDER BY user_id, machine_id",
      {after, limit}, [&](const SqlRow& row) {
        const auto user = by_id.find(row.integer(0));
        if (user != by_id.end()) user->second->machines.emplace_back(row.text(1));
      });
  if (!read) return read.error();
  return users;
}

Result<Principal> principal_now(Database& database, const Principal& who, Time now) {
  if (who.is_anyone) return who;
  if (auto known = need_still_known(database, who); !known) return known.error();
  const auto user = find_user(database, who.name);
  if (!user) return user.error();
  if (!*user || (*user)->id != who.id || (who.maker.token != 0 && who.maker.token_ends <= now))
    return Error{ErrorCode::unauthorized, "the session has ended; sign in again"};
  Principal fresh = who;
  const Principal known = principal_of(**user);
  fresh.role = known.role;
  fresh.machines = known.machines;
  return fresh;
}

Result<std::map<std::string, std::string, std::less<>>> list_owners(Database& database, std::string_view machine_id) {
  std::map<std::string, std::string, std::less<>> owners;
  const auto read = database.execute(
      "SELECT m.machine_id, u.name FROM users u JOIN user_machines m ON m.user_id = u.id"
      " WHERE u.role = $1 AND ($2 = '' OR m.machine_id = $2) ORDER BY u.name",
      {to_string(Role::self), machine_id}, [&](const SqlRow& row) { owners.emplace(row.text(0), row.text(1)); });
  if (!read) return read.error();
  return owners;
}

Result<std::optional<User>> find_user(Database& database, std::string_view name) {
  const auto normal = normal_user_name(name);
  if (!normal) return std::optional<User>();
  return with_machines(database, select_one(database, "SELECT id, name, role, created_at FROM users WHERE name = $1",
                                            {*normal}, read_user));
}

Result<bool> has_admin(Database& database) {
  return database.finds("SELECT 1 FROM users WHERE role = $1 LIMIT 1", {to_string(Role::admin)});
}

Result<User> existing_user(Database& database, std::string_view name) {
  auto user = find_user(database, name);
  if (!user) return user.error();
  if (!*user) return Error{ErrorCode::not_found, "there is no user " + std::string(name)};
  return std::move(**user);
}

Result<std::optional<User>> find_person(Database& database, std::string_view sql, const SecretToken& token,
                                        const Database::EachRow& each) {
  return with_machines(database, find_by_secret(database, sql, 4, token, [&](const SqlRow& row) {
                         each(row);
                         return read_user(row);
                       }));
}

Result<User> add_user(Database& database, const User& wanted, const std::string& password_hash, Time now) {
  auto name = normal_user_name(wanted.name);
  if (!name) return name.error();
  User user = wanted;
  user.id = random_id();
  user.name = std::move(*name);
  user.created_at = now;
  if (auto room = need_room(database); !room) return room.error();
  const auto added = database.must_change(
      "INSERT INTO users(id, name, role, password, created_at) VALUES($1, $2, $3, $4, $5)"
      " ON CONFLICT(name) DO NOTHING",
      {user.id, user.name, std::string(to_string(user.role)), password_hash, now},
      {ErrorCode::already_exists, "there is a user " + user.name + " already"});
  if (!added) return added.error();
  if (auto given = set_machines(database, user.id, user.machines); !given) return given.error();
  if (auto ended = end_setup_links(database, user.role); !ended) return ended.error();
  return user;
}

Result<ChangedUser> change_user(Database& database, std::string_view name, const UserChange& change) {
  const auto user = existing_user(database, name);
  if (!user) return user.error();
  ChangedUser changed{.before = *user};
  const bool is_no_admin = change.role && *change.role != Role::admin;
  if (is_no_admin && !change.may_leave_no_admin) {
    if (auto left = need_another_admin(database, *user); !left) return left.error();
  }
  if (change.role) {
    auto set =
        database.execute("UPDATE users SET role = $2 WHERE id = $1", {user->id, std::string(to_string(*change.role))});
    if (!set) return set.error();
    if (auto ended = end_setup_links(database, *change.role); !ended) return ended.error();
  }
  if (change.machines) {
    if (auto set = set_machines(database, user->id, *change.machines); !set) return set.error();
  }
  if (is_no_admin && user->role == Role::admin) {
    const auto ended = end_tokens_for_others(database, user->id);
    if (!ended) return ended.error();
    changed.ended = *ended;
  }
  auto after = existing_user(database, name);
  if (!after) return after.error();
  changed.after = std::move(*after);
  return changed;
}

Result<Ended> end_sign_ins(Database& database, std::int64_t user, const PasswordChange& kept) {
  const auto sessions = end_sessions(database, user, kept.kept_session);
  if (!sessions) return sessions.error();
  if (auto done = database.execute("DELETE FROM known_devices WHERE user_id = $1", {user}); !done) return done.error();
  Ended ended;
  if (!kept.keep_tokens) {
    const auto tokens = end_tokens_of(database, user);
    if (!tokens) return tokens.error();
    ended = *tokens;
  }
  ended.sessions = *sessions;
  return ended;
}

Result<ChangedUser> remove_user(Database& database, std::string_view name) {
  const auto user = existing_user(database, name);
  if (!user) return user.error();
  if (auto left = need_another_admin(database, *user); !left) return left.error();
  ChangedUser removed{.before = *user};
  const auto ended = end_sign_ins(database, user->id, {});
  if (!ended) return ended.error();
  removed.ended = *ended;
  for (const auto sql : {"DELETE FROM user_machines WHERE user_id = $1", "DELETE FROM openid_people WHERE user_id = $1",
                         "DELETE FROM second_factors WHERE user_id = $1",
                         "DELETE FROM recovery_codes WHERE user_id = $1", "DELETE FROM users WHERE id = $1"}) {
    if (auto done = database.execute(sql, {user->id}); !done) return done.error();
  }
  return removed;
}

Result<Ended> set_password(Database& database, std::int64_t user, const std::string& password_hash,
                           const PasswordChange& change) {
  auto set = database.must_change(
      "UPDATE users SET password = $2 WHERE id = $1"
      " AND NOT EXISTS(SELECT 1 FROM openid_people p WHERE p.user_id = users.id)",
      {user, password_hash}, {ErrorCode::conflict, "they sign in by OpenID Connect, and have no password here"});
  if (!set) return set.error();
  return end_sign_ins(database, user, change);
}

Result<std::optional<NewSecret>> create_setup_link(Database& database, Time now) {
  const auto admin = has_admin(database);
  if (!admin) return admin.error();
  if (*admin) return std::optional<NewSecret>();
  auto secret = add_secret(database, SecretKind::setup,
                           "INSERT INTO setup_links(id, hash, created_at) VALUES($1, $2, $3)", {now});
  if (!secret) return secret.error();
  return std::optional(std::move(*secret));
}

Result<void> end_setup_link(Database& database, std::int64_t id) {
  return database.execute("DELETE FROM setup_links WHERE id = $1", {id});
}

Result<bool> is_setup_link(Database& database, std::string_view text, Time now) {
  const auto token = parse_secret(text);
  if (!token || token->kind != SecretKind::setup) return false;
  const auto created_at = find_by_secret(database, "SELECT created_at, hash FROM setup_links WHERE id = $1", 1, *token,
                                         [](const SqlRow& row) { return row.time(0); });
  if (!created_at) return created_at.error();
  return *created_at && **created_at > now - setup_link_length;
}

Result<User> use_setup_link(Database& database, std::string_view text, const User& wanted,
                            const std::string& password_hash, Time now) {
  const auto good = is_setup_link(database, text, now);
  if (!good) return good.error();
  // The first to remove the links wins: another try at the same time finds none left.
  const auto ended = database.run("DELETE FROM setup_links");
  if (!ended) return ended.error();
  const auto is_late = has_admin(database);
  if (!is_late) return is_late.error();
  if (!*good || *ended == 0 || *is_late) {
    return Error{ErrorCode::not_found,
                 "this link has been used or has expired; the server prints a new one when it starts without an admin"};
  }
  User admin = wanted;
  admin.role = Role::admin;
  return add_user(database, admin, password_hash, now);
}

}  // namespace activitytrack::server
