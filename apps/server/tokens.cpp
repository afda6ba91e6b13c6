#include "server/accounts/tokens.hpp"
#include "administration.hpp"
#include "core/text.hpp"
#include "server/accounts/account_changes.hpp"
#include "server/accounts/credentials.hpp"

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

/// Ends the token of an id, and says so in the entry.
using Revoke = Result<void> (*)(Database& database, std::int64_t id, AuditEntry& entry);

/// What was made is of use to nobody who has not seen it, and would stay good.
int take_back(const Options& options, const std::string& kind, std::int64_t id, Revoke revoke, const Error& why) {
  const int ended =
      with_change(options, kind + " revoke", "", [&](Database& database, AuditEntry& entry) -> Result<std::string> {
        if (auto done = revoke(database, id, entry); !done) return done.error();
        return "";
      });
  return complain({why.code, why.message + "; the token " +
                                 (ended == exit_done ? "was taken back"
                                                     : "is good: revoke it by " + kind + " revoke " + format_id(id))});
}

/// Makes, with --label, what is good until --expires ends it, and prints only its secret, or by --json what belongs to
/// it, too.
template <class Token, class Make>
int create_secret(const Options& options, const std::string& kind, std::string_view good_for, Token wanted, Make make,
                  Revoke revoke) {
  NewSecret secret;
  const auto create = [&](Database& database, AuditEntry& entry) -> Result<std::string> {
    const auto length = parse_duration(options.line.get("expires", good_for));
    if (!length) return wrong_option("expires", length.error().message);
    auto label = label_option(options);
    if (!label) return label.error();
    wanted.expires_at = entry.at + *length, wanted.label = std::move(*label);
    auto made = make(database, wanted, entry);
    if (!made) return made.error();
    secret = std::move(*made);
    return "";
  };
  const int ended = with_change(options, kind + " create", "", create);
  if (ended != exit_done) return ended;
  const auto text = options.line.has("json") ? new_secret_json(secret, wanted.expires_at) : secret.text;
  program::print(text + "\n");
  const auto shown = program::standard_output().finish();
  return shown ? static_cast<int>(exit_done) : take_back(options, kind, secret.id, revoke, shown.error());
}

/// Ends the one of the command's argument.
int revoke_secret(const Options& options, const std::string& kind, const std::string& what_stays, Revoke revoke) {
  const std::string& text = options.arguments.at(0);
  return with_change(options, kind + " revoke", "", [&](Database& database, AuditEntry& entry) -> Result<std::string> {
    const auto id = parse_id(text);
    if (!id) return Error{ErrorCode::invalid_input, "ID: must be the 16 digits that `" + kind + " list` shows"};
    if (auto done = revoke(database, *id, entry); !done) return done.error();
    return "revoked the token " + text + what_stays;
  });
}

/// Of either kind: ends what `revoke` ends.
template <class Ended>
Result<void> tell_of(AuditEntry& entry, const Result<Ended>& revoked) {
  if (!revoked) return revoked.error();
  describe_revoked(entry, *revoked);
  return {};
}

Result<void> revoke_persons(Database& database, std::int64_t id, AuditEntry& entry) {
  return tell_of(entry, revoke_api_token(database, id, 0));
}

Result<void> revoke_enrolment(Database& database, std::int64_t id, AuditEntry& entry) {
  return tell_of(entry, revoke_enrolment_token(database, id));
}

}  // namespace

int create_token(const Options& options) {
  const ApiToken wanted{.user = options.arguments.at(0), .may_write = options.line.has("write")};
  const auto make = [](Database& database, const ApiToken& token, AuditEntry& entry) -> Result<NewSecret> {
    const auto user = existing_user(database, token.user);
    if (!user) return user.error();
    auto made = create_api_token(database, user->id, token, entry.at);
    if (made) describe_made(entry, made->id, token, user->name);
    return made;
  };
  return create_secret(options, "token", "90d", wanted, make, revoke_persons);
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

int revoke_token(const Options& options) { return revoke_secret(options, "token", "", revoke_persons); }

int create_enrolment_token(const Options& options) {
  const EnrolmentToken wanted{.may_replace = options.line.has("replace")};
  const auto make = [&](Database& database, EnrolmentToken token, AuditEntry& entry) -> Result<NewSecret> {
    const auto uses = uses_option(options);
    if (!uses) return uses.error();
    token.uses = *uses;
    auto made = create_enrolment_token(database, token, entry.at);
    if (made) describe_made(entry, made->id, token);
    return made;
  };
  return create_secret(options, "enroll-token", "24h", wanted, make, revoke_enrolment);
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
  return revoke_secret(options, "enroll-token", "; machines that it enrolled stay", revoke_enrolment);
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
  const auto revoke = [&](Database& database, AuditEntry& entry) -> Result<std::string> {
    if (auto known = need_machine(database, machine_id); !known) return known.error();
    const auto revoked = revoke_credentials(database, machine_id, entry.at);
    if (!revoked) return revoked.error();
    if (*revoked == 0) return Error{ErrorCode::not_found, "the machine " + machine_id + " has no credential"};
    entry.details = AuditDetails().add("credentials_ended", *revoked).text();
    return "revoked the credentials of " + machine_id + "; its data stay";
  };
  return with_change(options, "machine revoke", machine_id, revoke);
}

}  // namespace activitytrack::server
