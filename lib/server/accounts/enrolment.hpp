#pragma once

#include "server/accounts/secret_token.hpp"

#include <activitytrack/core/clock.hpp>

#include <chrono>
#include <vector>

// Enrolment tokens, and their trade for machines' credentials. Where a function says so, its caller holds the
// transaction (Database::transact), so that the audit's entry is written in the same.

namespace activitytrack::server {

struct EnrolmentToken {
  std::int64_t id = 0;
  std::string label{};
  Time created_at{};
  Time expires_at{};
  std::int64_t uses = 1;
  std::int64_t uses_left = 1;
  bool may_replace = false;  ///< may give a credential to a machine that has one, which ends with it
};

/// Makes a token; `wanted` has its label, expires_at, uses and may_replace.
Result<NewSecret> create_enrolment_token(Database& database, const EnrolmentToken& wanted, Time now);

/// All that are kept, the newest first. One stays for a month after its end.
Result<std::vector<EnrolmentToken>> list_enrolment_tokens(Database& database);

/// Machines that it enrolled stay. not_found if there is none.
Result<void> revoke_enrolment_token(Database& database, std::int64_t id);

/// The token, if it is that one and may still be used.
Result<std::optional<EnrolmentToken>> find_enrolment_token(Database& database, const SecretToken& token, Time now);

/// Trades a use of the token for a credential. Errors: `already_exists` if the machine has been enrolled before and the
/// token may not replace it, `conflict` if it is being erased, `unauthorized` if the token cannot be used any more.
/// Within a transaction.
Result<NewSecret> enrol_machine(Database& database, std::int64_t token, const std::string& machine_id, Time now);

}  // namespace activitytrack::server
