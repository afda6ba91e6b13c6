#include "server/accounts/users.hpp"
#include "core/json_writer.hpp"
#include "server/accounts/access.hpp"
#include "server/accounts/account_changes.hpp"
#include "server/accounts/login.hpp"
#include "server/api/account_json.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {
namespace {

/// `ended`: what ended by the change, if it could end something.
Response user_response(int status, const User& user, const Ended* ended = nullptr) {
  Response response{.status = status};
  JsonWriter json(response.body);
  json.begin_object();
  write_person(json, user);
  json.field("created_at", format_timestamp(user.created_at));
  if (ended) write_ended(json.key("ended"), *ended);
  json.end_object();
  return response;
}

Error wrong_role() { return {ErrorCode::invalid_input, "role: must be admin, manager, viewer, self or monitor"}; }

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
  if (hash->empty() && *wanted.change.role != Role::monitor)
    return Error{ErrorCode::invalid_input, "password: must be given, as text"};

  const Time now = services.clock.now();
  user.role = *wanted.change.role;
  user.machines = wanted.change.machines.value_or(user.machines);
  const auto added = audited(request, services, 201, [&](AuditEntry& entry) {
    auto made = add_user(services.database, user, *hash, now);
    if (made) describe_added(entry, *made);
    return made;
  });
  if (!added) return added.error();
  return user_response(201, *added);
}

/// Who has a session and not the password is not to make the account their own.
bool is_own(const Request& request, std::string_view name) {
  const auto normal = normal_user_name(name);
  return normal && *normal == asker(request).name;
}

Result<Response> change_user_by_body(const Request& request, Services& services) {
  Fields fields(request);
  const WantedUser wanted = read_wanted_user(fields);
  if (fields.refused()) return *fields.refused();
  const std::string& name = request.arguments.at(0);
  if (!wanted.password.empty() && is_own(request, name))
    return problem(403, "password: change your own by POST /api/me/password, which takes the old one");
  const auto hash = hash_if_given(wanted.password);
  if (!hash) return hash.error();
  const auto changed = audited(request, services, 200, [&](AuditEntry& entry) -> Result<ChangedUser> {
    auto done = change_user(services.database, name, wanted.change);
    if (!done) return done;
    if (!hash->empty()) {
      const auto ended = set_password(services.database, done->after.id, *hash);
      if (!ended) return ended.error();
      done->ended += *ended;
    }
    describe_changed(entry, *done, hash->empty() ? "" : "reset");
    return done;
  });
  if (!changed) return changed.error();
  return user_response(200, changed->after, &changed->ended);
}

}  // namespace

Result<Response> get_users(const Request& request, Services& services) {
  Parameters parameters(request.target);
  const auto limit = parameters.count("limit", max_accounts_a_page, max_accounts_a_page);
  const auto after = parameters.name_cursor();
  if (parameters.wrong()) return *parameters.wrong();
  const auto append = [](std::string& text, const User& user) {
    JsonWriter json(text);
    write_account(json, user);
  };
  const auto cursor = [](const User& last) { return make_name_cursor(last.name); };
  return page_response("users", list_users(services.database, after, limit + 1), limit, append, cursor);
}

void post_user(const Request& request, Services& services, Answer answer) {
  on_password_thread(request, services, std::move(answer), create_user);
}

void patch_user(const Request& request, Services& services, Answer answer) {
  on_password_thread(request, services, std::move(answer), change_user_by_body);
}

Result<Response> delete_user(const Request& request, Services& services) {
  const auto removed = audited(request, services, 200, [&](AuditEntry& entry) {
    auto done = remove_user(services.database, request.arguments.at(0));
    if (done) describe_removed(entry, *done);
    return done;
  });
  if (!removed) return removed.error();
  return ended_response(removed->ended);
}

}  // namespace activitytrack::server
