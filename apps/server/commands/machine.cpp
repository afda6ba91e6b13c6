#include "commands/administration.hpp"
#include "core/json_writer.hpp"
#include "server/accounts/credentials.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::server {
namespace {

std::string list_json(const std::vector<Credential>& credentials) {
  std::string text;
  JsonWriter json(text);
  json.begin_array();
  for (const Credential& credential : credentials) {
    json.begin_object()
        .field("machine_id", credential.machine_id)
        .field("credential", format_id(credential.id))
        .field("created_at", format_timestamp(credential.created_at))
        .key("used_at");
    credential.used_at ? json.value(format_timestamp(*credential.used_at)) : json.null();
    json.end_object();
  }
  json.end_array();
  return text + "\n";
}

std::string list_table(const std::vector<Credential>& credentials) {
  std::vector<std::vector<std::string>> rows{{"MACHINE", "CREDENTIAL", "SINCE", "FIRST USED"}};
  for (const Credential& credential : credentials) {
    rows.push_back({credential.machine_id, format_id(credential.id), format_timestamp(credential.created_at),
                    credential.used_at ? format_timestamp(*credential.used_at) : "not yet"});
  }
  return format_table(rows);
}

}  // namespace

int list_machines(const Options& options) {
  return with_database(options, [&](Database& database, Time) -> Result<void> {
    const auto credentials = list_credentials(database, "");
    if (!credentials) return credentials.error();
    program::print(options.line.has("json") ? list_json(*credentials) : list_table(*credentials));
    return {};
  });
}

int revoke_machine(const Options& options) {
  const std::string& machine_id = options.arguments.at(0);
  return with_change(options, "machine revoke", machine_id, [&](Database& database, Time now) -> Result<void> {
    const auto revoked = revoke_credentials(database, machine_id, now);
    if (!revoked) return revoked.error();
    if (*revoked == 0) return Error{ErrorCode::not_found, "the machine " + machine_id + " has no credential"};
    return {};
  });
}

}  // namespace activitytrack::server
