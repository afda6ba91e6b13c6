#include "server/accounts/users.hpp"

#include "server/accounts/passwords.hpp"
#include "server/api/account_json.hpp"
#include "server/api/bodies.hpp"
#include "server/api/handlers.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {
namespace {

Result<Response> user_response(int status, std::string_view name, Services& services) {
  const auto user = existing_user(services.database, name);
  if (!user) return user.error();
  Response response{.status = status};
  JsonWriter json(response.body);
  write_account(json, *user);
  return response;
}

Error wrong_role() { return {ErrorCode::invalid_input, "role: must be admin, manager, viewer or self"}; }

/// What a body says of a person.
struct WantedUser {
  UserChange change;
  std::string password;  ///< "" if none is given
};

WantedUser read_wanted_user(Fields& fields) {
  WantedUser wanted;
  const std::string role = fields.text("role", "");
  if (!role.empty()) wanted.change.role = parse_role(role);
  if (!role.empty() && !wanted.change.role) fields.refuse(wrong_role());
  wanted.change.machines = fields.texts("machines");
  wanted.password = fields.text("password", "");
  return wanted;
}

/// "" for "".
Result<std::string> hash_if_given(const std::string& password) {
  if (password.empty()) return "";
  if (auto fits = check_password(password); !fits) return fits.error();
  return hash_password(password);
}

Result<Response> create_user(const Request& request, Services& services) {
  Fields fields(request);
  User user{.name = fields.text("user")};
  const WantedUser wanted = read_wanted_user(fields);
  if (fields.refused()) return *fields.refused();
  const auto hash = hash_if_given(wanted.password);
  if (!hash) return hash.error();
  if (!wanted.change.role) return wrong_role();
  if (hash->empty()) return Error{ErrorCode::invalid_input, "password: must be given, as text"};

  const Time now = services.clock.now();
  user.role = *wanted.change.role;
  user.machines = wanted.change.machines.value_or(user.machines);
  const auto added = audited(request, services, 201, [&] { return add_user(services.database, user, *hash, now); });
  if (!added) return added.error();
  return user_response(201, user.name, services);
}

Result<Response> change_user_by_body(const Request& request, Services& services) {
  Fields fields(request);
  const WantedUser wanted = read_wanted_user(fields);
  if (fields.refused()) return *fields.refused();
  const auto hash = hash_if_given(wanted.password);
  if (!hash) return hash.error();
  const std::string& name = request.arguments.at(0);
  const auto changed = audited(request, services, 200, [&]() -> Result<void> {
    if (auto done = change_user(services.database, name, wanted.change); !done || hash->empty()) return done;
    const auto user = existing_user(services.database, name);
    return user ? set_password(services.database, user->id, *hash) : user.error();
  });
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
  return answer_change(request, services, [&] { return remove_user(services.database, request.arguments.at(0)); });
}

}  // namespace activitytrack::server
