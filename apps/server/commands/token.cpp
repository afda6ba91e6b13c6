#include "commands/administration.hpp"
#include "server/accounts/api_tokens.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::server {
namespace {

std::string list_table(const std::vector<ApiToken>& tokens) {
  std::vector<std::vector<std::string>> rows{{"ID", "USER", "MAY", "EXPIRES", "LAST USED", "LABEL"}};
  for (const ApiToken& token : tokens) {
    rows.push_back({format_id(token.id), token.user, token.may_write ? "write" : "read",
                    format_timestamp(token.expires_at), token.used_at ? format_timestamp(*token.used_at) : "never",
                    token.label});
  }
  return format_table(rows);
}

}  // namespace

int create_token(const Options& options) {
  NewSecret secret;
  ApiToken wanted{.user = options.arguments.at(0), .may_write = options.line.has("write")};
  const int ended = with_change(options, "token create", "", [&](Database& database, Time now) -> Result<void> {
    const auto expires_at = expiry_option(options, "90d", now);
    if (!expires_at) return expires_at.error();
    auto label = label_option(options);
    if (!label) return label.error();
    wanted.expires_at = *expires_at, wanted.label = std::move(*label);
    const auto user = find_user(database, wanted.user);
    if (!user) return user.error();
    if (!*user) return Error{ErrorCode::not_found, "there is no user " + wanted.user};
    auto made = create_api_token(database, (*user)->id, wanted, now);
    if (!made) return made.error();
    secret = std::move(*made);
    return {};
  });
  return ended == exit_done ? program::print(secret_text(options, secret, wanted.expires_at)) : ended;
}

int list_tokens(const Options& options) {
  return with_database(options, [&](Database& database, Time) -> Result<void> {
    const auto tokens = list_api_tokens(database, 0);
    if (!tokens) return tokens.error();
    program::print(options.line.has("json") ? accounts_json(*tokens) : list_table(*tokens));
    return {};
  });
}

int revoke_token(const Options& options) {
  return with_change(options, "token revoke", "", [&](Database& database, Time) -> Result<void> {
    const auto id = parse_id(options.arguments.at(0));
    if (!id) return Error{ErrorCode::invalid_input, "ID: must be as `token list` shows it"};
    return revoke_api_token(database, *id, 0);
  });
}

}  // namespace activitytrack::server
