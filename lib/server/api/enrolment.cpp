#include "server/accounts/enrolment.hpp"

#include "config/setting.hpp"
#include "core/json_writer.hpp"
#include "server/accounts/audit.hpp"
#include "server/accounts/credentials.hpp"
#include "server/api/account_json.hpp"
#include "server/api/bodies.hpp"
#include "server/api/handlers.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {
namespace {

constexpr std::int64_t default_hours = 24, max_hours = 24 * 366, max_uses = 1'000'000;

Response credential_response(std::string_view machine_id, const NewSecret& secret) {
  Response response;
  JsonWriter(response.body)
      .begin_object()
      .field("machine_id", machine_id)
      .field("credential", std::string_view(secret.text))
      .end_object();
  return response;
}

Result<EnrolmentToken> read_wanted_enrolment(const boost::json::object& fields, Time now) {
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

Result<Response> get_enroll_tokens(const Request&, Services& services) {
  const auto tokens = list_enrolment_tokens(services.database);
  if (!tokens) return tokens.error();
  return Response{.body = accounts_json("enroll_tokens", *tokens)};
}

Result<Response> post_enroll_token(const Request& request, Services& services) {
  const auto fields = object_body(request);
  if (!fields) return fields.error();
  const Time now = services.clock.now();
  const auto wanted = read_wanted_enrolment(*fields, now);
  if (!wanted) return wanted.error();
  const auto secret = audited(services.database, audit_entry(request, now, 201),
                              [&] { return create_enrolment_token(services.database, *wanted, now); });
  if (!secret) return secret.error();
  return Response{.status = 201, .body = new_secret_json(*secret, wanted->expires_at)};
}

Result<Response> delete_enroll_token(const Request& request, Services& services) {
  const auto id = parse_id(request.arguments.at(0));
  if (!id) return Error{ErrorCode::not_found, "there is no such enrolment token"};
  const auto revoked = audited(services.database, audit_entry(request, services.clock.now(), 200),
                               [&] { return revoke_enrolment_token(services.database, *id); });
  if (!revoked) return revoked.error();
  return Response{.body = "{}"};
}

Result<Response> post_enroll(const Request& request, Services& services) {
  const auto fields = object_body(request);
  if (!fields) return fields.error();
  const auto machine_id = text_field(*fields, "machine_id");
  if (!machine_id) return machine_id.error();
  if (auto fits = check_machine_id(*machine_id); !fits)
    return Error{ErrorCode::invalid_input, "machine_id: " + fits.error().message};

  const Time now = services.clock.now();
  AuditEntry entry = audit_entry(request, now, 200);
  entry.machine_id = *machine_id;
  const auto secret = audited(services.database, entry,
                              [&] { return enrol_machine(services.database, asker(request).id, *machine_id, now); });
  if (!secret) return secret.error();
  return credential_response(*machine_id, *secret);
}

Result<Response> post_rotate(const Request& request, Services& services) {
  const Principal& machine = asker(request);
  if (machine.kind != Principal::Kind::machine) return problem(403, "this takes a machine's credential");
  const Time now = services.clock.now();
  const auto secret = audited(services.database, audit_entry(request, now, 200),
                              [&] { return rotate_credential(services.database, machine.id, machine.name, now); });
  if (!secret) return secret.error();
  return credential_response(machine.name, *secret);
}

Result<Response> get_credentials(const Request& request, Services& services) {
  const auto credentials = list_credentials(services.database, request.arguments.at(0));
  if (!credentials) return credentials.error();
  return Response{.body = accounts_json("credentials", *credentials)};
}

Result<Response> delete_credentials(const Request& request, Services& services) {
  const Time now = services.clock.now();
  const auto revoked = audited(services.database, audit_entry(request, now, 200),
                               [&] { return revoke_credentials(services.database, request.arguments.at(0), now); });
  if (!revoked) return revoked.error();
  Response response;
  JsonWriter(response.body).begin_object().field("revoked", *revoked).end_object();
  return response;
}

}  // namespace activitytrack::server
