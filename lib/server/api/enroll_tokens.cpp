#include "server/accounts/audit.hpp"
#include "server/accounts/enrolment.hpp"
#include "server/api/account_handlers.hpp"
#include "server/api/account_json.hpp"
#include "server/api/account_problem.hpp"
#include "server/api/json_fields.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {
namespace {

constexpr std::int64_t default_hours = 24, max_hours = 24 * 366, max_uses = 1'000'000;

Result<EnrolmentToken> read_wanted(const boost::json::object& fields, Time now) {
  EnrolmentToken token;
  auto label = label_field(fields);
  if (!label) return label.error();
  token.label = std::move(*label);
  const auto uses = number_field(fields, "uses", 1, 1, max_uses);
  if (!uses) return uses.error();
  token.uses = *uses;
  const auto hours = number_field(fields, "expires_hours", default_hours, 1, max_hours);
  if (!hours) return hours.error();
  token.expires_at = now + std::chrono::hours(*hours);
  const auto replace = flag_field(fields, "replace");
  if (!replace) return replace.error();
  token.may_replace = *replace;
  return token;
}

}  // namespace

Response get_enroll_tokens(const Request&, Services& services) {
  const auto tokens = list_enrolment_tokens(services.database);
  if (!tokens) return account_problem(tokens.error(), services.log);
  Response response;
  JsonWriter json(response.body);
  json.begin_object().key("enroll_tokens").begin_array();
  for (const EnrolmentToken& token : *tokens) write_account(json, token);
  json.end_array().end_object();
  return response;
}

Response post_enroll_token(const Request& request, Services& services) {
  const auto body = object_body(request);
  if (const auto* refused = std::get_if<Response>(&body)) return *refused;
  const Time now = services.clock.now();
  const auto wanted = read_wanted(std::get<boost::json::object>(body), now);
  if (!wanted) return problem(400, wanted.error().message);
  NewSecret secret;
  const auto made = audited(services.database, audit_entry(request, now, 201), [&]() -> Result<void> {
    auto created = create_enrolment_token(services.database, *wanted, now);
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

Response delete_enroll_token(const Request& request, Services& services) {
  const auto id = parse_id(request.arguments.at(0));
  if (!id) return problem(404, "there is no such enrolment token");
  const auto revoked = audited(services.database, audit_entry(request, services.clock.now(), 200),
                               [&] { return revoke_enrolment_token(services.database, *id); });
  if (!revoked) return account_problem(revoked.error(), services.log);
  Response response;
  response.body = "{}";
  return response;
}

}  // namespace activitytrack::server
