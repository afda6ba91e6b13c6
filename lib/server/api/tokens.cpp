#include "server/accounts/api_tokens.hpp"
#include "server/accounts/audit.hpp"
#include "server/api/account_json.hpp"
#include "server/api/bodies.hpp"
#include "server/api/handlers.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {
namespace {

constexpr std::int64_t default_token_days = 90, max_token_days = 3650;

/// Whose tokens the asker sees and ends: their own, or, 0, everybody's.
std::int64_t visible_owner(const Principal& who) { return who.is_admin() ? 0 : who.id; }

Result<ApiToken> read_wanted_token(const boost::json::object& fields, Time now) {
  ApiToken token;
  auto label = label_field(fields);
  if (!label) return label.error();
  token.label = std::move(*label);
  const auto may_write = flag_field(fields, "may_write");
  if (!may_write) return may_write.error();
  token.may_write = *may_write;
  const auto days = number_field(fields, "expires_days", default_token_days, 1, max_token_days);
  if (!days) return days.error();
  token.expires_at = now + std::chrono::days(*days);
  return token;
}

}  // namespace

Result<Response> get_tokens(const Request& request, Services& services) {
  const auto tokens = list_api_tokens(services.database, visible_owner(asker(request)));
  if (!tokens) return tokens.error();
  return Response{.body = accounts_json("tokens", *tokens)};
}

Result<Response> post_token(const Request& request, Services& services) {
  const auto fields = object_body(request);
  if (!fields) return fields.error();
  const auto named = text_field(*fields, "user", "");
  if (!named) return named.error();
  const Principal& who = asker(request);
  std::int64_t user = who.id;
  if (!named->empty() && *named != who.name) {
    if (!who.is_admin()) return problem(403, "user: tokens of others are for admins");
    const auto other = existing_user(services.database, *named);
    if (!other) return other.error();
    user = other->id;
  }
  const Time now = services.clock.now();
  const auto wanted = read_wanted_token(*fields, now);
  if (!wanted) return wanted.error();
  const auto secret = audited(services.database, audit_entry(request, now, 201),
                              [&] { return create_api_token(services.database, user, *wanted, now); });
  if (!secret) return secret.error();
  return Response{.status = 201, .body = new_secret_json(*secret, wanted->expires_at)};
}

Result<Response> delete_token(const Request& request, Services& services) {
  const auto id = parse_id(request.arguments.at(0));
  if (!id) return Error{ErrorCode::not_found, "there is no such token"};
  const auto revoked = audited(services.database, audit_entry(request, services.clock.now(), 200),
                               [&] { return revoke_api_token(services.database, *id, visible_owner(asker(request))); });
  if (!revoked) return revoked.error();
  return Response{.body = "{}"};
}

}  // namespace activitytrack::server
