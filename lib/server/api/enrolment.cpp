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

}  // namespace

Result<Response> get_enroll_tokens(const Request&, Services& services) {
  return accounts_response("enroll_tokens", list_enrolment_tokens(services.database));
}

Result<Response> post_enroll_token(const Request& request, Services& services) {
  Fields fields(request);
  const Time now = services.clock.now();
  EnrolmentToken wanted{.label = fields.label(), .uses = fields.number("uses", 1, 1, max_uses)};
  wanted.expires_at = now + std::chrono::hours(fields.number("expires_hours", default_hours, 1, max_hours));
  wanted.may_replace = fields.flag("replace");
  if (fields.refused()) return *fields.refused();
  const auto secret =
      audited(request, services, 201, [&] { return create_enrolment_token(services.database, wanted, now); });
  if (!secret) return secret.error();
  return Response{.status = 201, .body = new_secret_json(*secret, wanted.expires_at)};
}

Result<Response> delete_enroll_token(const Request& request, Services& services) {
  const auto id = parse_id(request.arguments.at(0));
  if (!id) return Error{ErrorCode::not_found, "there is no such enrolment token"};
  return answer_change(request, services, [&] { return revoke_enrolment_token(services.database, *id); });
}

Result<Response> post_enroll(const Request& request, Services& services) {
  Fields fields(request);
  const std::string machine_id = fields.text("machine_id");
  if (fields.refused()) return *fields.refused();
  if (auto fits = check_machine_id(machine_id); !fits)
    return Error{ErrorCode::invalid_input, "machine_id: " + fits.error().message};

  const Time now = services.clock.now();
  AuditEntry entry = audit_entry(request, now, 200);
  entry.machine_id = machine_id;
  const auto secret = audited(services.database, entry,
                              [&] { return enrol_machine(services.database, asker(request).id, machine_id, now); });
  if (!secret) return secret.error();
  return credential_response(machine_id, *secret);
}

Result<Response> post_rotate(const Request& request, Services& services) {
  const Principal& machine = asker(request);
  if (machine.kind != Principal::Kind::machine) return problem(403, "this takes a machine's credential");
  const Time now = services.clock.now();
  const auto secret = audited(request, services, 200,
                              [&] { return rotate_credential(services.database, machine.id, machine.name, now); });
  if (!secret) return secret.error();
  return credential_response(machine.name, *secret);
}

Result<Response> get_credentials(const Request& request, Services& services) {
  return accounts_response("credentials", list_credentials(services.database, request.arguments.at(0)));
}

Result<Response> delete_credentials(const Request& request, Services& services) {
  const Time now = services.clock.now();
  const auto revoked = audited(request, services, 200,
                               [&] { return revoke_credentials(services.database, request.arguments.at(0), now); });
  if (!revoked) return revoked.error();
  Response response;
  JsonWriter(response.body).begin_object().field("revoked", *revoked).end_object();
  return response;
}

}  // namespace activitytrack::server
