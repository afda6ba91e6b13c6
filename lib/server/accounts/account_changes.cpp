#include "server/accounts/account_changes.hpp"

#include "server/accounts/access.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::server {
namespace {

void add_ended(AuditDetails& details, const Ended& ended) {
  for (const auto& [name, number] :
       {std::pair("sessions_ended", ended.sessions), std::pair("tokens_ended", ended.tokens),
        std::pair("enroll_tokens_ended", ended.enrolment_tokens)}) {
    if (number > 0) details.add(name, number);
  }
}

/// nullopt for nobody: they were not there before, or are not any more.
std::optional<std::string> role_of(const User& user) {
  return user.id == 0 ? std::nullopt : std::optional(std::string(to_string(user.role)));
}

/// `more`: a fact that is no change; nothing if it is "".
void describe(AuditEntry& entry, const ChangedUser& changed, std::string_view more, std::string_view value) {
  const User& named = changed.before.id != 0 ? changed.before : changed.after;
  entry.target = {"person", named.name};
  AuditDetails details;
  details.changed("role", role_of(changed.before), role_of(changed.after))
      .listed("machines", changed.before.machines, changed.after.machines);
  if (!value.empty()) details.add(more, value);
  add_ended(details, changed.ended);
  entry.details = details.text();
}

}  // namespace

void describe_added(AuditEntry& entry, const User& user) { describe(entry, {.before = {}, .after = user}, "", ""); }

void describe_removed(AuditEntry& entry, const ChangedUser& removed) { describe(entry, removed, "", ""); }

void describe_changed(AuditEntry& entry, const ChangedUser& changed, std::string_view new_password) {
  describe(entry, changed, "password", new_password);
}

void describe_signed_in(AuditEntry& entry, const ChangedUser& who, std::string_view subject) {
  describe(entry, who, "subject", subject);
}

void describe_shut_out(AuditEntry& entry, const ChangedUser& who, std::string_view reason) {
  describe(entry, who, "refused", reason);
}

void describe_ended(AuditEntry& entry, std::string_view user, std::string_view new_password, const Ended& ended) {
  entry.target = {"person", std::string(user)};
  AuditDetails details;
  if (!new_password.empty()) details.add("password", new_password);
  add_ended(details, ended);
  entry.details = details.text();
}

void describe_made(AuditEntry& entry, std::int64_t id, const ApiToken& token, std::string_view user) {
  entry.target = {"token", format_id(id), token.label};
  AuditDetails details;
  details.add("user", user).add("may_write", token.may_write).add("expires_at", format_timestamp(token.expires_at));
  entry.details = details.text();
}

void describe_made(AuditEntry& entry, std::int64_t id, const EnrolmentToken& token) {
  entry.target = {"enroll_token", format_id(id), token.label};
  AuditDetails details;
  details.add("uses", token.uses)
      .add("replace", token.may_replace)
      .add("expires_at", format_timestamp(token.expires_at));
  entry.details = details.text();
}

void describe_revoked(AuditEntry& entry, const RevokedToken& revoked) {
  entry.target = {"token", format_id(revoked.token.id), revoked.token.label};
  AuditDetails details;
  details.add("user", revoked.token.user).add("may_write", revoked.token.may_write);
  add_ended(details, revoked.with_it);
  entry.details = details.text();
}

void describe_revoked(AuditEntry& entry, const EnrolmentToken& token) {
  entry.target = {"enroll_token", format_id(token.id), token.label};
  AuditDetails details;
  details.add("uses", token.uses).add("uses_left", token.uses_left);
  entry.details = details.text();
}

}  // namespace activitytrack::server
