#include "server/accounts/users.hpp"

#include "server/accounts/audit.hpp"
#include "server/accounts/passwords.hpp"
#include "server/accounts/role.hpp"
#include "server/api/account_handlers.hpp"
#include "server/api/account_json.hpp"
#include "server/api/account_problem.hpp"
#include "server/api/json_fields.hpp"
#include "server/api/passwords.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {
namespace {

Response user_response(std::string_view name, Services& services) {
  const auto user = find_user(services.database, name);
  if (!user) return account_problem(user.error(), services.log);
  if (!*user) return problem(404, "there is no user " + std::string(name));
  Response response;
  JsonWriter json(response.body);
  write_account(json, **user);
  return response;
}

Result<std::optional<Role>> role_field(const boost::json::object& fields) {
  const auto word = text_field(fields, "role", "");
  if (!word) return word.error();
  if (word->empty()) return std::optional<Role>();
  const auto role = parse_role(*word);
  if (!role) return Error{ErrorCode::invalid_input, "role: must be admin, manager, viewer or self"};
  return role;
}

/// What a body says of a person: role, machines, and a password, hashed; "" if it has none.
struct Wanted {
  UserChange change;
  std::string password_hash;
};

Result<Wanted> read_wanted(const boost::json::object& fields) {
  Wanted wanted;
  auto role = role_field(fields);
  if (!role) return role.error();
  auto machines = texts_field(fields, "machines");
  if (!machines) return machines.error();
  wanted.change = {*role, std::move(*machines)};
  const auto password = text_field(fields, "password", "");
  if (!password) return password.error();
  if (password->empty()) return wanted;
  if (auto fits = check_password(*password); !fits) return fits.error();
  auto hash = hash_password(*password);
  if (!hash) return hash.error();
  wanted.password_hash = std::move(*hash);
  return wanted;
}

Response create_user(const Request& request, Services& services) {
  const auto body = object_body(request);
  if (const auto* refused = std::get_if<Response>(&body)) return *refused;
  const auto& fields = std::get<boost::json::object>(body);
  const auto name = text_field(fields, "user");
  if (!name) return problem(400, name.error().message);
  const auto wanted = read_wanted(fields);
  if (!wanted) return account_problem(wanted.error(), services.log);
  if (!wanted->change.role) return problem(400, "role: must be admin, manager, viewer or self");
  if (wanted->password_hash.empty()) return problem(400, "password: must be given, as text");

  const Time now = services.clock.now();
  User user{.name = *name, .role = *wanted->change.role};
  if (wanted->change.machines) user.machines = *wanted->change.machines;
  const auto added = audited(services.database, audit_entry(request, now, 201), [&]() -> Result<void> {
    const auto made = add_user(services.database, user, wanted->password_hash, now);
    if (!made) return made.error();
    return {};
  });
  if (!added) return account_problem(added.error(), services.log);
  Response response = user_response(*name, services);
  if (response.status == 200) response.status = 201;
  return response;
}

Result<void> apply(Database& database, const std::string& name, const Wanted& wanted) {
  if (auto changed = change_user(database, name, wanted.change); !changed) return changed;
  if (wanted.password_hash.empty()) return {};
  const auto user = find_user(database, name);
  if (!user) return user.error();
  return set_password(database, (*user)->id, wanted.password_hash);
}

Response change(const Request& request, Services& services) {
  const auto body = object_body(request);
  if (const auto* refused = std::get_if<Response>(&body)) return *refused;
  const auto wanted = read_wanted(std::get<boost::json::object>(body));
  if (!wanted) return account_problem(wanted.error(), services.log);
  const std::string& name = request.arguments.at(0);
  const auto changed = audited(services.database, audit_entry(request, services.clock.now(), 200),
                               [&] { return apply(services.database, name, *wanted); });
  return changed ? user_response(name, services) : account_problem(changed.error(), services.log);
}

}  // namespace

Response get_users(const Request&, Services& services) {
  const auto users = list_users(services.database);
  if (!users) return account_problem(users.error(), services.log);
  Response response;
  JsonWriter json(response.body);
  json.begin_object().key("users").begin_array();
  for (const User& user : *users) write_account(json, user);
  json.end_array().end_object();
  return response;
}

void post_user(const Request& request, Services& services, Answer answer) {
  on_password_thread(request, services, std::move(answer), create_user);
}

void patch_user(const Request& request, Services& services, Answer answer) {
  on_password_thread(request, services, std::move(answer), change);
}

Response delete_user(const Request& request, Services& services) {
  const auto removed = audited(services.database, audit_entry(request, services.clock.now(), 200),
                               [&] { return remove_user(services.database, request.arguments.at(0)); });
  if (!removed) return account_problem(removed.error(), services.log);
  Response response;
  response.body = "{}";
  return response;
}

}  // namespace activitytrack::server
