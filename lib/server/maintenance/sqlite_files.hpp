#pragma once

#include <activitytrack/core/result.hpp>

#include <string>
#include <vector>

// Backups of a SQLite database, each a database file of its own.

namespace activitytrack::server {

/// What is wrong with a database file; empty if it is whole and this program can use it. Reads all of it.
Result<std::vector<std::string>> find_damage(const std::string& path);

/// Writes the database as it is at this moment to `file`, while servers go on. The file is checked and on disk, or
/// there is none. Errors: already_exists.
Result<void> back_up(const std::string& database, const std::string& file);

/// Puts a backup, after checking it, in the place of the database, which no server may have open. What was there stays
/// beside it: returns the name that it has now, "" if there was nothing. At every moment one of the two is in place,
/// whole.
Result<std::string> restore(const std::string& database, const std::string& file);

}  // namespace activitytrack::server
