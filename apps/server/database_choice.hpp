#pragma once

#include "commands.hpp"

#include <string>

// Which database a command works on: whatever the options say, but not a wrong one in silence.

namespace activitytrack::server {

/// Before a command other than `serve`: says on standard error when a running server uses another database than the one
/// of its options. `invalid_input`, with what to type, where that is missing and the command has no use for a new one,
/// or nobody named the place and a server has another.
Result<void> check_database_choice(const Options& options);

/// `busy` if another process has this SQLite database open, by whatever data folder and as whatever user: for what
/// needs it for itself.
Result<void> refuse_database_in_use(const std::string& database_url);

/// Makes an empty file, which SQLite takes for a new database, of the user whose folder it is in: what SQLite puts
/// beside it is theirs then, too. Says so on standard error.
Result<void> make_database_if_missing(const std::string& file);

}  // namespace activitytrack::server
