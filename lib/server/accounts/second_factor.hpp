#pragma once

#include "server/accounts/access.hpp"
#include "server/database/database.hpp"

#include <activitytrack/core/clock.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A second factor beside the password: codes of six digits, new each 30 s (TOTP, RFC 6238), from an app that shares a
// secret with this server; and recovery codes, for who lost the app.

namespace activitytrack::server {

/// Who must have one.
enum class SecondFactorRule { none, admins, all };
inline constexpr std::array<std::string_view, 3> second_factor_rules{"none", "admins", "all"};
std::optional<SecondFactorRule> parse_second_factor_rule(std::string_view word) noexcept;
bool needs_second_factor(SecondFactorRule rule, Role role) noexcept;

constexpr std::size_t recovery_codes = 10;

/// A secret that was just made, the one time it is shown.
struct NewSecondFactor {
  std::string secret;  ///< base32
  std::string uri;     ///< otpauth://, for an app to scan
};

/// Makes a secret for the person, which is in force once a code of it was given. `conflict` if one is in force. Within
/// a transaction.
Result<NewSecondFactor> enrol_second_factor(Database& database, std::int64_t user, std::string_view name);

enum class SecondFactorState { none, enrolled, in_force };
Result<SecondFactorState> second_factor_of(Database& database, std::int64_t user);

/// What a code was good for; each is taken once, by whichever server comes first.
enum class CodeUse { wrong, code, recovery_code };

/// Uses up a code. Within the transaction of what it lets in.
Result<CodeUse> use_code(Database& database, std::int64_t user, std::string_view code, Time now);

/// Puts what was enrolled into force, and returns the recovery codes, the one time they are shown.
Result<std::vector<std::string>> confirm_second_factor(Database& database, std::int64_t user, Time now);

/// Ends it, with its recovery codes. `not_found` if there is none. Within a transaction.
Result<void> reset_second_factor(Database& database, std::int64_t user);

}  // namespace activitytrack::server
