#include "server/accounts/api_tokens.hpp"
#include "server/api/account_json.hpp"
#include "server/api/bodies.hpp"
#include "server/api/handlers.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {
namespace {

constexpr std::int64_t default_token_days = 90, max_token_days = 3650;

/// Whose tokens the asker sees and ends: their own, or, 0, everybody's.
std::int64_t visible_owner(const Principal& who) { return who.is_admin() ? 0 : who.id; }

}  // namespace

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

}  // namespace activitytrack::server
