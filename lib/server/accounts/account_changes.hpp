#pragma once

#include "server/accounts/audit.hpp"
#include "server/accounts/credentials.hpp"
#include "server/accounts/tokens.hpp"
#include "server/accounts/users.hpp"

// What the audit log says of changes of the accounts: fills in an entry's target and details, the same for the API and
// for commands. Called within the change (audited()).

namespace activitytrack::server {

void describe_added(AuditEntry& entry, const User& user);
void describe_removed(AuditEntry& entry, const ChangedUser& removed);

/// `new_password`: "reset" by somebody else, or "" if it stays.
void describe_changed(AuditEntry& entry, const ChangedUser& changed, std::string_view new_password);

/// Of a sign-in by OpenID Connect, which gives rights, or takes them all for a reason. `who`: before and after.
void describe_signed_in(AuditEntry& entry, const ChangedUser& who, std::string_view subject);
void describe_shut_out(AuditEntry& entry, const ChangedUser& who, std::string_view reason);

/// "changed" by its person, "reset" by somebody else; or only the sessions ended, with "".
void describe_ended(AuditEntry& entry, std::string_view user, std::string_view new_password, const Ended& ended);

/// `id`: of the token made, for `user`.
void describe_made(AuditEntry& entry, std::int64_t id, const ApiToken& token, std::string_view user);
void describe_made(AuditEntry& entry, std::int64_t id, const EnrolmentToken& token);

void describe_revoked(AuditEntry& entry, const RevokedToken& revoked);
void describe_revoked(AuditEntry& entry, const EnrolmentToken& token);

}  // namespace activitytrack::server
