#pragma once

#include "net/url.hpp"
#include "server/database/database.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Where what needs attention is told, and how it is signed.

namespace activitytrack::server {

/// `webhook` has one row, or none; `webhook_told` what the other service was last told; `webhook_turn` which server
/// tells it, and until when no other does.
inline constexpr std::string_view webhook_schema[] = {
    "CREATE TABLE IF NOT EXISTS webhook("
    " id BIGINT PRIMARY KEY,"
    " url TEXT NOT NULL,"
    " causes TEXT NOT NULL,"  // with spaces between
    " secret TEXT NOT NULL"
    ")",
    "CREATE TABLE IF NOT EXISTS webhook_told("
    " cause TEXT NOT NULL,"
    " machine_id TEXT NOT NULL,"
    " PRIMARY KEY(cause, machine_id)"
    ")",
    "CREATE TABLE IF NOT EXISTS webhook_turn("
    " id BIGINT PRIMARY KEY,"
    " server BIGINT NOT NULL,"
    " until BIGINT NOT NULL"
    ")",
};

struct WebhookSettings {
  std::string url;                  ///< may be secret itself
  std::vector<std::string> causes;  ///< of attention_causes()
  std::string secret;               ///< signs; shown to nobody but who made it
};

/// One that nobody can guess: "whs_", and 32 random bytes in base64url.
std::string make_webhook_secret();

Result<std::optional<WebhookSettings>> find_webhook(Database& database);

/// In the place of what there was. Another address is told all anew; of causes that are not wanted any more it is not
/// told that they ended. Within a transaction.
Result<void> set_webhook(Database& database, const WebhookSettings& settings);

/// With what was told; false if there was none. Within a transaction.
Result<bool> remove_webhook(Database& database);

/// An address that may be asked: https, or http at this machine, without a user or password in it. An address of a
/// private network is refused unless they are `allowed`; a name is looked up only when it is asked.
Result<Url> check_webhook_url(std::string_view text, bool private_allowed);

/// "t=UNIX,v1=HEX", of HMAC-SHA-256 over "UNIX.BODY".
std::string webhook_signature(std::string_view secret, Time now, std::string_view body);

}  // namespace activitytrack::server
