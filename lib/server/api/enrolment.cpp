#include "server/accounts/enrolment.hpp"
#include "config/machine_id.hpp"
#include "core/json_writer.hpp"
#include "server/accounts/audit.hpp"
#include "server/accounts/credentials.hpp"
#include "server/api/account_json.hpp"
#include "server/api/answers.hpp"
#include "server/api/bodies.hpp"
#include "server/api/handlers.hpp"
#include "server/http/problem.hpp"

#include <activitytrack/core/clock.hpp>

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

namespace {

Response credential_response(std::string_view machine_id, const NewSecret& secret) {
  Response response;
  JsonWriter(response.body)
      .begin_object()
      .field("machine_id", machine_id)
      .field("credential", std::string_view(secret.text))
      .end_object();
  return response;
}

}  // namespace

Response post_enroll(const Request& request, Services& services) {
  const auto body = object_body(request);
  if (const auto* refused = std::get_if<Response>(&body)) return *refused;
  const auto machine_id = text_field(std::get<boost::json::object>(body), "machine_id");
  if (!machine_id) return problem(400, machine_id.error().message);
  if (auto fits = check_machine_id(*machine_id); !fits) return problem(400, "machine_id: " + fits.error().message);

  const Time now = services.clock.now();
  AuditEntry entry = audit_entry(request, now, 200);
  entry.machine_id = *machine_id;
  NewSecret secret;
  const auto enrolled = audited(services.database, entry, [&]() -> Result<void> {
    auto made = enrol_machine(services.database, request.principal.id, *machine_id, now);
    if (!made) return made.error();
    secret = std::move(*made);
    return {};
  });
  if (!enrolled && enrolled.error().code == ErrorCode::not_found) return problem(401, enrolled.error().message);
  if (!enrolled) return account_problem(enrolled.error(), services.log);
  return credential_response(*machine_id, secret);
}

Response post_rotate(const Request& request, Services& services) {
  const Principal& machine = request.principal;
  if (machine.kind != Principal::Kind::machine) return problem(403, "this takes a machine's credential");
  const Time now = services.clock.now();
  NewSecret secret;
  const auto rotated = audited(services.database, audit_entry(request, now, 200), [&]() -> Result<void> {
    auto made = rotate_credential(services.database, machine.id, machine.name, now);
    if (!made) return made.error();
    secret = std::move(*made);
    return {};
  });
  if (!rotated && rotated.error().code == ErrorCode::not_found) return problem(401, rotated.error().message);
  if (!rotated) return account_problem(rotated.error(), services.log);
  return credential_response(machine.name, secret);
}

Response get_credentials(const Request& request, Services& services) {
  const auto credentials = list_credentials(services.database, request.arguments.at(0));
  if (!credentials) return account_problem(credentials.error(), services.log);
  Response response;
  JsonWriter json(response.body);
  json.begin_object().key("credentials").begin_array();
  for (const Credential& credential : *credentials) {
    json.begin_object()
        .field("id", format_id(credential.id))
        .field("created_at", format_timestamp(credential.created_at))
        .key("used_at");
    credential.used_at ? json.value(format_timestamp(*credential.used_at)) : json.null();
    json.end_object();
  }
  json.end_array().end_object();
  return response;
}

Response delete_credentials(const Request& request, Services& services) {
  std::int64_t revoked = 0;
  const Time now = services.clock.now();
  const auto done = audited(services.database, audit_entry(request, now, 200), [&]() -> Result<void> {
    const auto ended = revoke_credentials(services.database, request.arguments.at(0), now);
    if (!ended) return ended.error();
    revoked = *ended;
    return {};
  });
  if (!done) return account_problem(done.error(), services.log);
  Response response;
  JsonWriter(response.body).begin_object().field("revoked", revoked).end_object();
  return response;
}

}  // namespace activitytrack::server
