#include "server/accounts/audit.hpp"
#include "server/accounts/credentials.hpp"
#include "server/accounts/enrolment.hpp"
#include "server/api/account_handlers.hpp"
#include "server/api/account_problem.hpp"
#include "server/api/json_fields.hpp"
#include "server/http/message.hpp"

#include "config/setting.hpp"
#include "core/json_writer.hpp"

namespace activitytrack::server {
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
    auto made = enrol_machine(services.database, asker(request).id, *machine_id, now);
    if (!made) return made.error();
    secret = std::move(*made);
    return {};
  });
  if (!enrolled && enrolled.error().code == ErrorCode::not_found) return problem(401, enrolled.error().message);
  if (!enrolled) return account_problem(enrolled.error(), services.log);
  return credential_response(*machine_id, secret);
}

Response post_rotate(const Request& request, Services& services) {
  const Principal& machine = asker(request);
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

}  // namespace activitytrack::server
