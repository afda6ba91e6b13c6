#include "server/accounts/tokens.hpp"

#include "server/accounts/access.hpp"
#include "server/accounts/account_changes.hpp"
#include "server/api/account_json.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/http/message.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr std::int64_t default_token_days = 90, max_token_days = 3650;

/// Whose tokens the asker sees and ends: their own, or, 0, everybody's.
std::int64_t visible_owner(const Principal& who) { return who.is_admin() ? 0 : who.id; }

/// Whose a new token is to be.
struct Owner {
  std::int64_t id = 0;
  std::string name{};
};

Result<Owner, Response> wanted_owner(const std::string& named, const Request& request, Services& services) {
  const Principal& who = asker(request);
  if (named.empty() || named == who.name) return Owner{who.id, who.name};
  if (!who.is_admin()) return problem(403, "user: tokens of others are for admins");
  const auto other = existing_user(services.database, named);
  if (!other) return error_answer(other.error(), services.log, request);
  return Owner{other->id, other->name};
}

}  // namespace

Result<Response> get_tokens(const Request& request, Services& services) {
  return newest_first_response(request, "tokens", [&](const NewestFirst& page) {
    return list_api_tokens(services.database, visible_owner(asker(request)), page);
  });
}

Result<Response> post_token(const Request& request, Services& services) {
  Fields fields(request);
  const std::string named = fields.text("user", "");
  if (fields.refused()) return *fields.refused();
  const Principal& who = asker(request);
  const auto owner = wanted_owner(named, request, services);
  if (!owner) return owner.error();
  const Time now = services.clock.now();
  ApiToken wanted{.label = fields.label(), .may_write = fields.flag("may_write")};
  const auto length = std::chrono::days(fields.number("expires_days", default_token_days, 1, max_token_days));
  wanted.expires_at = std::min<Time>(now + length, who.maker.token_ends);
  if (fields.refused()) return *fields.refused();
  const auto secret = audited(request, services, 201, [&](AuditEntry& entry) {
    auto made = create_api_token(services.database, owner->id, wanted, now, who.maker);
    if (made) describe_made(entry, made->id, wanted, owner->name);
    return made;
  });
  if (!secret) return secret.error();
  return Response{.status = 201, .body = new_secret_json(*secret, wanted.expires_at)};
}

Result<Response> delete_token(const Request& request, Services& services) {
  const auto id = parse_id(request.arguments.at(0));
  if (!id) return Error{ErrorCode::not_found, "there is no such token"};
  const auto revoked = audited(request, services, 200, [&](AuditEntry& entry) {
    auto done = revoke_api_token(services.database, *id, visible_owner(asker(request)));
    if (done) describe_revoked(entry, *done);
    return done;
  });
  if (!revoked) return revoked.error();
  return ended_response(revoked->with_it);
}

}  // namespace activitytrack::server
