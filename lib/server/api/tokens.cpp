#include "server/accounts/api_tokens.hpp"
#include "server/accounts/audit.hpp"
#include "server/api/account_handlers.hpp"
#include "server/api/account_json.hpp"
#include "server/api/account_problem.hpp"
#include "server/api/json_fields.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {
namespace {

constexpr std::int64_t default_days = 90, max_days = 3650;

/// The person whose tokens are meant: an admin may name another one.
Result<std::int64_t> owner(const Request& request, Services& services, const std::string& named) {
  if (named.empty() || named == asker(request).name) return asker(request).id;
  if (!asker(request).is_admin()) return Error{ErrorCode::permission, "user: tokens of others are for admins"};
  const auto user = find_user(services.database, named);
  if (!user) return user.error();
  if (!*user) return Error{ErrorCode::not_found, "there is no user " + named};
  return (*user)->id;
}

Result<ApiToken> read_wanted(const boost::json::object& fields, Time now) {
  ApiToken token;
  auto label = label_field(fields);
  if (!label) return label.error();
  token.label = std::move(*label);
  const auto may_write = flag_field(fields, "may_write");
  if (!may_write) return may_write.error();
  token.may_write = *may_write;
  const auto days = number_field(fields, "expires_days", default_days, 1, max_days);
  if (!days) return days.error();
  token.expires_at = now + std::chrono::days(*days);
  return token;
}

}  // namespace

Response get_tokens(const Request& request, Services& services) {
  const auto tokens = list_api_tokens(services.database, asker(request).is_admin() ? 0 : asker(request).id);
  if (!tokens) return account_problem(tokens.error(), services.log);
  Response response;
  JsonWriter json(response.body);
  json.begin_object().key("tokens").begin_array();
  for (const ApiToken& token : *tokens) write_account(json, token);
  json.end_array().end_object();
  return response;
}

Response post_token(const Request& request, Services& services) {
  const auto body = object_body(request);
  if (const auto* refused = std::get_if<Response>(&body)) return *refused;
  const auto& fields = std::get<boost::json::object>(body);
  const auto named = text_field(fields, "user", "");
  if (!named) return problem(400, named.error().message);
  const auto user = owner(request, services, *named);
  if (!user && user.error().code == ErrorCode::permission) return problem(403, user.error().message);
  if (!user) return account_problem(user.error(), services.log);
  const Time now = services.clock.now();
  const auto wanted = read_wanted(fields, now);
  if (!wanted) return problem(400, wanted.error().message);

  NewSecret secret;
  const auto made = audited(services.database, audit_entry(request, now, 201), [&]() -> Result<void> {
    auto created = create_api_token(services.database, *user, *wanted, now);
    if (!created) return created.error();
    secret = std::move(*created);
    return {};
  });
  if (!made) return account_problem(made.error(), services.log);
  Response response;
  response.status = 201;
  response.body = new_secret_json(secret, wanted->expires_at);
  return response;
}

Response delete_token(const Request& request, Services& services) {
  const auto id = parse_id(request.arguments.at(0));
  if (!id) return problem(404, "there is no such token");
  const std::int64_t user = asker(request).is_admin() ? 0 : asker(request).id;
  const auto revoked = audited(services.database, audit_entry(request, services.clock.now(), 200),
                               [&] { return revoke_api_token(services.database, *id, user); });
  if (!revoked) return account_problem(revoked.error(), services.log);
  Response response;
  response.body = "{}";
  return response;
}

}  // namespace activitytrack::server
