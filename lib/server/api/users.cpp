#include "server/accounts/users.hpp"
#include "core/json_writer.hpp"
#include "server/accounts/access.hpp"
#include "server/accounts/audit.hpp"
#include "server/accounts/login.hpp"
#include "server/accounts/secret_token.hpp"
#include "server/accounts/sessions.hpp"
#include "server/api/account_json.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
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

constexpr std::int64_t default_token_days = 90, max_token_days = 3650;

/// Whose tokens the asker sees and ends: their own, or, 0, everybody's.
std::int64_t visible_owner(const Principal& who) { return who.is_admin() ? 0 : who.id; }

constexpr std::size_t default_entries = 1000, max_entries = 10'000;

/// The row that was the last on the page before.
std::optional<std::pair<Time, std::int64_t>> read_audit_cursor(Parameters& parameters) {
  const std::string* given = parameters.find("cursor");
  if (!given) return std::nullopt;
  const auto place = split_place(*given, '-');
  const auto id = place ? parse_id(place->second) : std::nullopt;
  if (id) return std::pair(place->first, *id);
  parameters.refuse_cursor();
  return std::nullopt;
}

/// Admins read all of it; others what is about a machine that they configure, or that is their own.
bool may_read_audit(const Principal& who, const std::string& machine_id) {
  if (who.is_admin()) return true;
  return !machine_id.empty() && (who.may_configure(machine_id) || (who.role == Role::self && who.may_read(machine_id)));
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

Result<Response> get_tokens(const Request& request, Services& services) {
  return accounts_response("tokens", list_api_tokens(services.database, visible_owner(asker(request))));
}

Result<Response> post_token(const Request& request, Services& services) {
  Fields fields(request);
  const std::string named = fields.text("user", "");
  if (fields.refused()) return *fields.refused();
  const Principal& who = asker(request);
  std::int64_t user = who.id;
  if (!named.empty() && named != who.name) {
    if (!who.is_admin()) return problem(403, "user: tokens of others are for admins");
    const auto other = existing_user(services.database, named);
    if (!other) return other.error();
    user = other->id;
  }
  const Time now = services.clock.now();
  ApiToken wanted{.label = fields.label(), .may_write = fields.flag("may_write")};
  wanted.expires_at = now + std::chrono::days(fields.number("expires_days", default_token_days, 1, max_token_days));
  if (fields.refused()) return *fields.refused();
  const auto secret =
      audited(request, services, 201, [&] { return create_api_token(services.database, user, wanted, now); });
  if (!secret) return secret.error();
  return Response{.status = 201, .body = new_secret_json(*secret, wanted.expires_at)};
}

Result<Response> delete_token(const Request& request, Services& services) {
  const auto id = parse_id(request.arguments.at(0));
  if (!id) return Error{ErrorCode::not_found, "there is no such token"};
  return answer_change(request, services,
                       [&] { return revoke_api_token(services.database, *id, visible_owner(asker(request))); });
}

Result<Response> get_audit(const Request& request, Services& services) {
  Parameters parameters(request.target);
  AuditQuery query;
  for (auto [name, wanted] : {std::pair("machine", &query.machine_id), std::pair("person", &query.name),
                              std::pair("target", &query.target)}) {
    if (const std::string* given = parameters.find(name)) *wanted = *given;
  }
  query.start = parameters.time("start").value_or(query.start);
  query.end = parameters.time("end").value_or(query.end);
  const auto limit = parameters.count("limit", default_entries, max_entries);
  query.limit = limit + 1;
  query.before = read_audit_cursor(parameters);
  if (parameters.wrong()) return *parameters.wrong();
  if (!may_read_audit(asker(request), query.machine_id)) return problem(403, "name a machine of yours: machine=ID");
  const auto append = [](std::string& json, const AuditEntry& entry) {
    JsonWriter writer(json);
    write_audit_entry(writer, entry);
  };
  const auto cursor = [](const AuditEntry& last) { return join_place(last.at, '-', format_id(last.id)); };
  return page_response("entries", read_audit(services.database, query), limit, append, cursor);
}

}  // namespace activitytrack::server
