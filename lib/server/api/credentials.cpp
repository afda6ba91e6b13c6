#include "server/accounts/credentials.hpp"

#include "server/accounts/audit.hpp"
#include "server/api/account_handlers.hpp"
#include "server/api/account_problem.hpp"
#include "server/http/message.hpp"

#include "core/json_writer.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::server {

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
