#include "administration.hpp"
#include "core/text.hpp"
#include "server/accounts/api_tokens.hpp"
#include "server/accounts/credentials.hpp"
#include "server/accounts/enrolment.hpp"

#include <activitytrack/core/clock.hpp>

// The commands that are about secrets: people's tokens, machines' enrolment, and their credentials.

namespace activitytrack::server {
namespace {

constexpr std::size_t max_label_bytes = 128;
constexpr std::int64_t max_uses = 1'000'000;

Error wrong_option(std::string_view name, const std::string& what) {
  return {ErrorCode::invalid_input, "--" + std::string(name) + ": " + what};
}

Result<std::int64_t> uses_option(const Options& options) {
  std::int64_t count = 0;
  const auto assigned = assign_setting({{options.line.get("uses", "1")}, ""}, {1, max_uses, ""}, count);
  if (!assigned) return wrong_option("uses", assigned.error().message);
  return count;
}

Result<std::string> label_option(const Options& options) {
  std::string label = options.line.get("label", "");
  if (label.size() > max_label_bytes || has_control_characters(label)) {
    return wrong_option("label", "must be at most 128 bytes without control characters");
  }
  return label;
}

/// Makes, with --label, what is good until --expires ends it, and prints only its secret, or by --json what belongs to
/// it, too.
template <class Token, class Make>
int create_secret(const Options& options, std::string_view action, std::string_view good_for, Token wanted, Make make) {
  NewSecret secret;
  const int ended = with_change(options, action, "", [&](Database& database, Time now) -> Result<void> {
    const auto length = parse_duration(options.line.get("expires", good_for));
    if (!length) return wrong_option("expires", length.error().message);
    auto label = label_option(options);
    if (!label) return label.error();
    wanted.expires_at = now + *length, wanted.label = std::move(*label);
    auto made = make(database, wanted, now);
    if (!made) return made.error();
    secret = std::move(*made);
    return {};
  });
  if (ended != exit_done) return ended;
  return program::print((options.line.has("json") ? new_secret_json(secret, wanted.expires_at) : secret.text) + "\n");
}

/// Ends the one of the command's argument.
template <class Revoke>
int revoke_secret(const Options& options, const std::string& kind, Revoke revoke) {
  return with_change(options, kind + " revoke", "", [&](Database& database, Time) -> Result<void> {
    const auto id = parse_id(options.arguments.at(0));
    if (!id) return Error{ErrorCode::invalid_input, "ID: must be as `" + kind + " list` shows it"};
    return revoke(database, *id);
  });
}

}  // namespace

int create_token(const Options& options) {
  const ApiToken wanted{.user = options.arguments.at(0), .may_write = options.line.has("write")};
  return create_secret(options, "token create", "90d", wanted,
                       [](Database& database, const ApiToken& token, Time now) -> Result<NewSecret> {
                         const auto user = existing_user(database, token.user);
                         if (!user) return user.error();
                         return create_api_token(database, user->id, token, now);
                       });
}

int list_tokens(const Options& options) {
  return print_accounts(
      options, {"ID", "USER", "MAY", "EXPIRES", "LAST USED", "LABEL"},
      [](Database& database) { return list_api_tokens(database, 0); },
      [](const ApiToken& token) -> std::vector<std::string> {
        return {format_id(token.id),
                token.user,
                token.may_write ? "write" : "read",
                format_timestamp(token.expires_at),
                token.used_at ? format_timestamp(*token.used_at) : "never",
                token.label};
      });
}

int revoke_token(const Options& options) {
  return revoke_secret(options, "token",
                       [](Database& database, std::int64_t id) { return revoke_api_token(database, id, 0); });
}

int create_enrolment_token(const Options& options) {
  const EnrolmentToken wanted{.may_replace = options.line.has("replace")};
  return create_secret(options, "enroll-token create", "24h", wanted,
                       [&](Database& database, EnrolmentToken token, Time now) -> Result<NewSecret> {
                         const auto uses = uses_option(options);
                         if (!uses) return uses.error();
                         token.uses = *uses;
                         return create_enrolment_token(database, token, now);
                       });
}

int list_enrolment_tokens(const Options& options) {
  return print_accounts(
      options, {"ID", "USES LEFT", "EXPIRES", "REPLACES", "LABEL"},
      [](Database& database) { return list_enrolment_tokens(database); },
      [](const EnrolmentToken& token) -> std::vector<std::string> {
        return {format_id(token.id), std::to_string(token.uses_left) + " of " + std::to_string(token.uses),
                format_timestamp(token.expires_at), token.may_replace ? "yes" : "no", token.label};
      });
}

int revoke_enrolment_token(const Options& options) {
  return revoke_secret(options, "enroll-token",
                       [](Database& database, std::int64_t id) { return revoke_enrolment_token(database, id); });
}

int list_machines(const Options& options) {
  return print_accounts(
      options, {"MACHINE", "CREDENTIAL", "SINCE", "FIRST USED"},
      [](Database& database) { return list_credentials(database, ""); },
      [](const Credential& credential) -> std::vector<std::string> {
        return {credential.machine_id, format_id(credential.id), format_timestamp(credential.created_at),
                credential.used_at ? format_timestamp(*credential.used_at) : "not yet"};
      },
      [](JsonWriter& json, const Credential& credential) {
        json.begin_object()
            .field("machine_id", credential.machine_id)
            .field("credential", format_id(credential.id))
            .field("created_at", format_timestamp(credential.created_at))
            .key("used_at");
        credential.used_at ? json.value(format_timestamp(*credential.used_at)) : json.null();
        json.end_object();
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
