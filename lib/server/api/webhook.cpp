#include "server/fleet/webhook.hpp"
#include "core/json_writer.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"
#include "server/http/message.hpp"

#include <algorithm>

// Where what needs attention is told.

namespace activitytrack::server {
namespace {

constexpr std::size_t least_secret_bytes = 16, most_secret_bytes = 256;

Error no_webhook() { return {ErrorCode::not_found, "there is no webhook"}; }

/// `secret`: shown only in the answer to who did not give one.
Response webhook_response(const std::optional<WebhookSettings>& settings, bool shows_secret) {
  Response response;
  JsonWriter json(response.body);
  json.begin_object().field("url", settings ? std::optional(settings->url) : std::nullopt);
  json.field("causes", settings ? settings->causes : std::vector<std::string>());
  if (shows_secret) json.field("secret", settings->secret);
  json.end_object();
  return response;
}

/// Those that are asked for, or all.
std::vector<std::string> read_causes(Fields& fields) {
  const auto all = attention_causes();
  auto causes = fields.texts("causes").value_or(std::vector<std::string>(all.begin(), all.end()));
  for (const std::string& cause : causes)
    if (std::ranges::find(all, cause) == all.end())
      fields.refuse({ErrorCode::invalid_input, "causes: must be words of GET /api/fleet's attention"});
  return causes;
}

/// "": none was given.
std::string read_secret(Fields& fields) {
  std::string secret = fields.text("secret", "");
  if (!secret.empty() && (secret.size() < least_secret_bytes || secret.size() > most_secret_bytes))
    fields.refuse({ErrorCode::invalid_input, "secret: must have 16 to 256 bytes"});
  return secret;
}

}  // namespace

Result<Response> get_webhook(const Request&, Services& services) {
  const auto settings = find_webhook(services.database);
  if (!settings) return settings.error();
  return webhook_response(*settings, false);
}

/// The secret stays where none is given and the address is of the same origin; another receiver gets one of its own.
Result<Response> put_webhook(const Request& request, Services& services) {
  Fields fields(request);
  WebhookSettings wanted{.url = fields.text("url"), .causes = read_causes(fields), .secret = ""};
  const std::string given = read_secret(fields);
  const auto url = check_webhook_url(wanted.url, services.webhook && services.webhook->private_allowed());
  if (!url) fields.refuse(url.error());
  if (fields.refused()) return *fields.refused();
  bool made_secret = false;
  const auto set = audited(request, services, 200, [&](AuditEntry& entry) -> Result<void> {
    const auto before = find_webhook(services.database);
    if (!before) return before.error();
    const auto before_url = *before ? parse_url((*before)->url) : Result<Url>(Error{});
    const bool stays = before_url && before_url->origin() == url->origin();
    made_secret = given.empty() && !stays;
    wanted.secret = given;
    if (given.empty()) wanted.secret = stays ? (*before)->secret : make_webhook_secret();
    entry.details = AuditDetails().add("place", url->origin()).text();  // the rest of it may be secret
    return set_webhook(services.database, wanted);
  });
  if (!set) return set.error();
  if (services.webhook) services.webhook->look_soon();
  return webhook_response(wanted, made_secret);
}

Result<Response> delete_webhook(const Request& request, Services& services) {
  const auto removed = audited(request, services, 200, [&](AuditEntry&) -> Result<void> {
    const auto there = remove_webhook(services.database);
    if (!there) return there.error();
    return *there ? Result<void>() : no_webhook();
  });
  if (!removed) return removed.error();
  return Response{.body = "{}"};
}

Result<Response> post_webhook_test(const Request& request, Services& services) {
  if (!services.webhook) return no_webhook();
  const auto audit = audited(request, services, 200, [](AuditEntry&) { return Result<void>(); });
  if (!audit) return audit.error();
  const auto status = services.webhook->test();
  if (!status && status.error().code == ErrorCode::not_found) return status.error();
  if (!status) return problem(422, status.error().message);
  if (*status / 100 != 2) return problem(422, "it answered " + std::to_string(*status));
  Response response;
  JsonWriter(response.body).begin_object().field("status", *status).end_object();
  return response;
}

}  // namespace activitytrack::server
