#pragma once

#include "commands.hpp"
#include "core/file.hpp"
#include "server/accounts/audit.hpp"
#include "server/api/account_json.hpp"

#include <chrono>
#include <functional>

// What the commands share. Those that work on the database may run beside a server.

namespace activitytrack::server {

/// Makes the server's folder if it is missing (mode 0700), and holds it for this process as long as the result lives.
/// `busy` if another server holds it; the message names that process. `text` goes into the lock.
Result<UniqueFd> hold_data_dir(const std::string& path, std::string_view text);
/// Ends with 75 for `busy`.
int complain_of_data_dir(const Error& error);

/// Opens the store of the options and runs `work` with it. Complains about an error that it returns.
int with_store(const Options& options, const std::function<Result<void>(Store&, Time now)>& work);

/// The same for what needs only the database.
int with_database(const Options& options, const std::function<Result<void>(Database&, Time now)>& work);

/// The same for a change: `work` runs in one transaction with its entry in the audit log, which says what
/// `action` was, when (`at`: now) and by which user of this machine, and in which `work` says what it changed. Prints
/// what `work` returns, unless it is "", when it is done.
int with_change(const Options& options, std::string_view action, std::string_view machine_id,
                const std::function<Result<std::string>(Database&, AuditEntry&)>& work);

/// Says what is about to be done, and asks at the terminal unless there is --yes. An error if it is not to be done.
Result<void> confirm(const Options& options, const std::string& what);

/// `not_found`, with the id that was meant perhaps, if there is nothing of the machine.
Result<void> need_machine(Database& database, const std::string& machine_id);

/// A Pause (maintenance/retention.hpp) that never stops, but lets a running server have its turn.
bool rest(bool worked);

/// The entry of with_change(), at `now`.
AuditEntry command_entry(std::string_view action, std::string_view machine_id, Time now);

/// "30s", "90m", "24h", "30d", "2w"; more than nothing, up to ten years.
Result<std::chrono::seconds> parse_duration(std::string_view text);

/// Columns of text.
using Rows = std::vector<std::vector<std::string>>;
std::string format_table(const Rows& rows);

/// An account as the API shows it (api/account_json.hpp).
struct WriteAccount {
  template <class Account>
  void operator()(JsonWriter& json, const Account& account) const {
    write_account(json, account);
  }
};

/// Prints the accounts that `read` returns: by --json as JSON, as `write` writes each, else in columns below a head, as
/// `row` makes them.
template <class Read, class Row, class Write = WriteAccount>
int print_accounts(const Options& options, std::vector<std::string> head, Read read, Row row, Write write = {}) {
  return with_database(options, [&](Database& database, Time) -> Result<void> {
    const auto accounts = read(database);
    if (!accounts) return accounts.error();
    Rows rows{std::move(head)};
    std::string text;
    JsonWriter json(text);
    json.begin_array();
    for (const auto& account : *accounts) {
      rows.push_back(row(account));
      write(json, account);
    }
    json.end_array();
    program::print(options.line.has("json") ? text + "\n" : format_table(rows));
    return {};
  });
}

}  // namespace activitytrack::server
