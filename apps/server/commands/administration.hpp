#pragma once

#include "commands/command.hpp"
#include "server/accounts/audit.hpp"
#include "server/api/account_json.hpp"

#include <chrono>
#include <functional>
#include <optional>

// What the commands that look after accounts share. They work on the database itself, beside a running
// server.

namespace activitytrack::server {

/// Opens the store of the options and runs `work` with it. An error that it gives is complained about.
int with_store(const Options& options, const std::function<Result<void>(Store&, Time now)>& work);

/// Opens the database of the options and runs `work` with it. An error that it gives is complained about.
int with_database(const Options& options, const std::function<Result<void>(Database&, Time now)>& work);

/// The same for a change: `work` runs in one transaction with its entry in the audit log, which says what
/// `action` was and by which user of this machine.
int with_change(const Options& options, std::string_view action, std::string_view machine_id,
                const std::function<Result<void>(Database&, Time now)>& work);

/// The entry of with_change(), at `now`.
AuditEntry command_entry(std::string_view action, std::string_view machine_id, Time now);

/// The database's file, if it is SQLite's; else an error that says what `otherwise` to do.
Result<std::string> sqlite_file(const Options& options, std::string_view otherwise);

/// "30s", "90m", "24h", "30d", "2w"; more than nothing, up to ten years.
Result<std::chrono::seconds> parse_duration(std::string_view text);

/// The option's value as a whole number in [1, max].
Result<std::int64_t> count_option(const Options& options, std::string_view name, std::int64_t otherwise,
                                  std::int64_t max);

/// When what is made now ends, by --expires.
Result<Time> expiry_option(const Options& options, std::string_view otherwise, Time now);

/// --label, at most 128 bytes.
Result<std::string> label_option(const Options& options);

/// A password: twice from the terminal, without echo, or the first line of standard input.
Result<std::string> ask_password();

/// A list of accounts (handlers/account_json.hpp) as a line of JSON.
template <class Account>
std::string accounts_json(const std::vector<Account>& accounts) {
  std::string text;
  JsonWriter json(text);
  json.begin_array();
  for (const Account& account : accounts) write_account(json, account);
  json.end_array();
  return text + "\n";
}

/// A secret that was just made, alone or, by --json, with what belongs to it.
std::string secret_text(const Options& options, const NewSecret& secret, Time expires_at);

/// Rows below a head, in columns.
std::string format_table(const std::vector<std::vector<std::string>>& rows);

}  // namespace activitytrack::server
