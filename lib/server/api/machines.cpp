#include "config/setting.hpp"
#include "core/json_writer.hpp"
#include "core/text.hpp"
#include "server/accounts/access.hpp"
#include "server/accounts/account_changes.hpp"
#include "server/accounts/audit.hpp"
#include "server/accounts/credentials.hpp"
#include "server/api/account_json.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/events/store.hpp"
#include "server/http/message.hpp"
#include "server/maintenance/retention.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr std::size_t max_machines = 1000;
constexpr std::size_t max_user_label_chars = 128;

Error no_events() { return {ErrorCode::not_found, "no events of this machine have arrived"}; }

Error wrong_label(std::string_view what) { return {ErrorCode::invalid_input, "user_label: " + std::string(what)}; }

Result<std::optional<std::string>> check_user_label(std::string_view label) {
  if (!is_utf8(label)) return wrong_label("must be UTF-8");
  const auto is_start = [](unsigned char c) { return (c & 0xC0) != 0x80; };
  if (has_control_characters(label)) return wrong_label("must hold no control characters");
  if (std::ranges::count_if(label, is_start) > static_cast<std::ptrdiff_t>(max_user_label_chars)) {
    return wrong_label("must have at most " + std::to_string(max_user_label_chars) + " characters");
  }
  return std::optional<std::string>(label);
}

/// The label that `{"user_label": ...}` sets; null takes it away.
Result<std::optional<std::string>> parse_user_label(const std::string& body) {
  boost::json::error_code error;
  const auto json = boost::json::parse({body.data(), body.size()}, error);
  if (error) return Error{ErrorCode::invalid_input, "body: not JSON: " + error.message()};
  const auto* object = json.if_object();
  const auto* label = object ? object->if_contains("user_label") : nullptr;
  if (!label) return Error{ErrorCode::invalid_input, "body: must be an object with user_label"};
  if (label->is_null()) return std::optional<std::string>();
  if (!label->is_string()) return wrong_label("must be a string or null");
  return check_user_label({label->get_string().data(), label->get_string().size()});
}

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

Result<Machine> known_machine(Services& services, const std::string& machine_id) {
  auto machine = services.reader.machine(machine_id);
  if (!machine) return machine.error();
  if (!*machine) return no_events();
  return std::move(**machine);
}

Result<std::vector<Machine>> visible_machines(const Principal& who, StoreReader& reader, const std::string& after,
                                              std::size_t limit) {
  if (who.is_admin()) return reader.machines(after, limit);
  std::vector<Machine> visible;
  for (auto id = who.machines.upper_bound(after); id != who.machines.end() && visible.size() < limit; ++id) {
    if (!who.may_read(*id)) continue;
    auto machine = reader.machine(*id);
    if (!machine) return machine.error();
    if (*machine) visible.push_back(std::move(**machine));
  }
  return visible;
}

Result<Response> list_machines(const Request& request, Services& services) {
  Parameters parameters(request.target);
  const auto limit = parameters.count("limit", max_machines, max_machines);
  const auto after = parameters.name_cursor();
  if (parameters.wrong()) return *parameters.wrong();
  const auto append = [now = services.clock.now()](std::string& json, const Machine& machine) {
    append_machine_json(json, machine, now);
  };
  const auto cursor = [](const Machine& last) { return make_name_cursor(last.machine_id); };
  return page_response("machines", visible_machines(asker(request), services.reader, after, limit + 1), limit, append,
                       cursor);
}

Result<Response> get_machine(const Request& request, Services& services) {
  const auto machine = known_machine(services, request.arguments.at(0));
  if (!machine) return machine.error();
  Response response;
  append_machine_json(response.body, *machine, services.clock.now());
  return response;
}

Result<Response> patch_machine(const Request& request, Services& services) {
  const auto body = json_body(request, services.max_body_bytes);
  if (!body) return body.error();
  const auto label = parse_user_label(*body);
  if (!label) return label.error();
  const std::string& machine_id = request.arguments.at(0);
  const auto machine = known_machine(services, machine_id);
  if (!machine) return machine.error();
  // First: what is written down and then fails does less harm than what is done and not written down.
  AuditEntry entry = audit_entry(request, services.clock.now(), 200);
  entry.details = AuditDetails().changed("user_label", machine->user_label, *label).text();
  if (auto noted = write_audit(services.database, std::span(&entry, 1)); !noted) return noted.error();
  if (auto changed = services.writer.set_user_label(machine_id, *label); !changed) return changed.error();
  return get_machine(request, services);
}

Result<Response> delete_machine(const Request& request, Services& services) {
  constexpr int accepted = 202;
  const Time now = services.clock.now();
  const auto begun = audited(request, services, accepted, [&](AuditEntry&) {
    return begin_erasure(services.database, request.arguments.at(0), now);
  });
  if (!begun && begun.error().code == ErrorCode::not_found) return no_events();
  if (!begun) return begun.error();
  return Response{.status = accepted, .body = R"({"status":"erasing"})"};
}

Result<Response> get_enroll_tokens(const Request& request, Services& services) {
  return newest_first_response(request, "enroll_tokens",
                               [&](const NewestFirst& page) { return list_enrolment_tokens(services.database, page); });
}

Result<Response> post_enroll_token(const Request& request, Services& services) {
  Fields fields(request);
  const Time now = services.clock.now();
  EnrolmentToken wanted{.label = fields.label(), .uses = fields.number("uses", 1, 1, max_uses)};
  const Maker& maker = asker(request).maker;
  const auto length = std::chrono::hours(fields.number("expires_hours", default_hours, 1, max_hours));
  wanted.expires_at = std::min<Time>(now + length, maker.token_ends);
  wanted.may_replace = fields.flag("replace");
  if (fields.refused()) return *fields.refused();
  const auto secret = audited(request, services, 201, [&](AuditEntry& entry) {
    auto made = create_enrolment_token(services.database, wanted, now, maker);
    if (made) describe_made(entry, made->id, wanted);
    return made;
  });
  if (!secret) return secret.error();
  return Response{.status = 201, .body = new_secret_json(*secret, wanted.expires_at)};
}

Result<Response> delete_enroll_token(const Request& request, Services& services) {
  const auto id = parse_id(request.arguments.at(0));
  if (!id) return Error{ErrorCode::not_found, "there is no such enrolment token"};
  return answer_change(request, services, [&](AuditEntry& entry) {
    auto revoked = revoke_enrolment_token(services.database, *id);
    if (revoked) describe_revoked(entry, *revoked);
    return revoked;
  });
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
  entry.details = AuditDetails().add("enroll_token", format_id(asker(request).id)).text();
  const auto secret = audited(services.database, entry,
                              [&] { return enrol_machine(services.database, asker(request).id, machine_id, now); });
  if (!secret) return secret.error();
  return credential_response(machine_id, *secret);
}

Result<Response> post_rotate(const Request& request, Services& services) {
  const Principal& machine = asker(request);
  if (machine.kind != Principal::Kind::machine) return problem(403, "this takes a machine's credential");
  const Time now = services.clock.now();
  const auto secret = audited(request, services, 200, [&](AuditEntry&) {
    return rotate_credential(services.database, machine.id, machine.name, now);
  });
  if (!secret) return secret.error();
  return credential_response(machine.name, *secret);
}

Result<Response> get_credentials(const Request& request, Services& services) {
  return accounts_response("credentials", list_credentials(services.database, request.arguments.at(0)));
}

Result<Response> delete_credentials(const Request& request, Services& services) {
  const Time now = services.clock.now();
  const auto revoked = audited(request, services, 200, [&](AuditEntry& entry) {
    auto ended = revoke_credentials(services.database, request.arguments.at(0), now);
    if (ended) entry.details = AuditDetails().add("credentials_ended", *ended).text();
    return ended;
  });
  if (!revoked) return revoked.error();
  Response response;
  JsonWriter(response.body).begin_object().field("revoked", *revoked).end_object();
  return response;
}

}  // namespace activitytrack::server
