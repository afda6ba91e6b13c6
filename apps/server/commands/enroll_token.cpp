#include "server/accounts/enrolment.hpp"

#include "commands/administration.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::server {
namespace {

constexpr std::int64_t max_uses = 1'000'000;

std::string list_table(const std::vector<EnrolmentToken>& tokens) {
  std::vector<std::vector<std::string>> rows{{"ID", "USES LEFT", "EXPIRES", "REPLACES", "LABEL"}};
  for (const auto& token : tokens) {
    rows.push_back({format_id(token.id), std::to_string(token.uses_left) + " of " + std::to_string(token.uses),
                    format_timestamp(token.expires_at), token.may_replace ? "yes" : "no", token.label});
  }
  return format_table(rows);
}

}  // namespace

int create_enrolment_token(const Options& options) {
  NewSecret secret;
  EnrolmentToken wanted{.may_replace = options.line.has("replace")};
  const int ended = with_change(options, "enroll-token create", "", [&](Database& database, Time now) -> Result<void> {
    const auto uses = count_option(options, "uses", 1, max_uses);
    if (!uses) return uses.error();
    const auto expires_at = expiry_option(options, "24h", now);
    if (!expires_at) return expires_at.error();
    auto label = label_option(options);
    if (!label) return label.error();
    wanted.uses = *uses, wanted.expires_at = *expires_at, wanted.label = std::move(*label);
    auto made = create_enrolment_token(database, wanted, now);
    if (!made) return made.error();
    secret = std::move(*made);
    return {};
  });
  return ended == exit_done ? program::print(secret_text(options, secret, wanted.expires_at)) : ended;
}

int list_enrolment_tokens(const Options& options) {
  return with_database(options, [&](Database& database, Time) -> Result<void> {
    const auto tokens = list_enrolment_tokens(database);
    if (!tokens) return tokens.error();
    program::print(options.line.has("json") ? accounts_json(*tokens) : list_table(*tokens));
    return {};
  });
}

int revoke_enrolment_token(const Options& options) {
  return with_change(options, "enroll-token revoke", "", [&](Database& database, Time) -> Result<void> {
    const auto id = parse_id(options.arguments.at(0));
    if (!id) return Error{ErrorCode::invalid_input, "ID: must be as `enroll-token list` shows it"};
    return revoke_enrolment_token(database, *id);
  });
}

}  // namespace activitytrack::server
