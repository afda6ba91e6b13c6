#include "server/accounts/users.hpp"

#include "server/accounts/audit.hpp"
#include "server/accounts/passwords.hpp"
#include "server/api/account_json.hpp"
#include "server/api/bodies.hpp"
#include "server/api/handlers.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {
namespace {

constexpr std::string_view which_roles = "role: must be admin, manager, viewer or self";

Result<Response> user_response(int status, std::string_view name, Services& services) {
  const auto user = existing_user(services.database, name);
  if (!user) return user.error();
  Response response{.status = status};
  JsonWriter json(response.body);
  write_account(json, *user);
  return response;
}

Error wrong_field(std::string_view what) { return {ErrorCode::invalid_input, std::string(what)}; }

/// What a body says of a person: role, machines, and a password, hashed; "" if it has none.
struct WantedUser {
  UserChange change;
  std::string password_hash;
};

Result<WantedUser, Response> read_wanted_user(Fields& fields, Log& log) {
  WantedUser wanted;
  const std::string role = fields.text("role", "");
  if (!role.empty()) wanted.change.role = parse_role(role);
  if (!role.empty() && !wanted.change.role) fields.refuse(wrong_field(which_roles));
  wanted.change.machines = fields.texts("machines");
  const std::string password = fields.text("password", "");
  if (fields.refused()) return *fields.refused();
  if (password.empty()) return wanted;
  if (auto fits = check_password(password); !fits) return error_answer(fits.error(), log);
  auto hash = hash_password(password);
  if (!hash) return error_answer(hash.error(), log);
  wanted.password_hash = std::move(*hash);
  return wanted;
}

Result<Response> create_user(const Request& request, Services& services) {
  Fields fields(request);
  User user{.name = fields.text("user")};
  const auto wanted = read_wanted_user(fields, services.log);
  if (!wanted) return wanted.error();
  if (!wanted->change.role) return wrong_field(which_roles);
  if (wanted->password_hash.empty()) return wrong_field("password: must be given, as text");

  const Time now = services.clock.now();
  user.role = *wanted->change.role;
  user.machines = wanted->change.machines.value_or(user.machines);
  const auto added = audited(services.database, audit_entry(request, now, 201),
                             [&] { return add_user(services.database, user, wanted->password_hash, now); });
  if (!added) return added.error();
  return user_response(201, user.name, services);
}

Result<void> apply_change(Database& database, const std::string& name, const WantedUser& wanted) {
  if (auto changed = change_user(database, name, wanted.change); !changed) return changed;
  if (wanted.password_hash.empty()) return {};
  const auto user = existing_user(database, name);
  if (!user) return user.error();
  return set_password(database, user->id, wanted.password_hash);
}

Result<Response> change_user_by_body(const Request& request, Services& services) {
  Fields fields(request);
  const auto wanted = read_wanted_user(fields, services.log);
  if (!wanted) return wanted.error();
  const std::string& name = request.arguments.at(0);
  const auto changed = audited(services.database, audit_entry(request, services.clock.now(), 200),
                               [&] { return apply_change(services.database, name, *wanted); });
  if (!changed) return changed.error();
  return user_response(200, name, services);
}

}  // namespace

Result<Response> get_users(const Request&, Services& services) {
  return accounts_response("users", list_users(services.database));
}

void post_user(const Request& request, Services& services, Answer answer) {
  on_password_thread(request, services, std::move(answer), create_user);
}

void patch_user(const Request& request, Services& services, Answer answer) {
  on_password_thread(request, services, std::move(answer), change_user_by_body);
}

Result<Response> delete_user(const Request& request, Services& services) {
  const auto removed = audited(services.database, audit_entry(request, services.clock.now(), 200),
                               [&] { return remove_user(services.database, request.arguments.at(0)); });
  if (!removed) return removed.error();
  return Response{.body = "{}"};
}

}  // namespace activitytrack::server
