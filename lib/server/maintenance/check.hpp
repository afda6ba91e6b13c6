#pragma once

#include "server/database/database.hpp"

#include <activitytrack/core/clock.hpp>

#include <optional>
#include <string>
#include <vector>

// Whether what is kept is whole, and fits together; and adding hours up anew where they do not fit the events.

namespace activitytrack::server {

class PictureStore;

/// How the rows and the store of pictures agree.
struct PicturesCheck {
  std::int64_t pictures = 0;                                 ///< that are stored
  std::vector<std::string> missing{}, damaged{}, unknown{};  ///< paths; of what is damaged the size is not the row's

  bool is_good() const { return missing.empty() && damaged.empty() && unknown.empty(); }
};
Result<PicturesCheck> check_pictures(Database& database, PictureStore& pictures);

/// What was found, for a person: each row says of what, and what.
struct Findings {
  std::vector<std::vector<std::string>> rows{};
  bool damaged = false;

  void add(std::string what, std::string found) { rows.push_back({std::move(what), std::move(found)}); }
};

/// Checks the file of a SQLite database.
Result<void> add_file_check(const std::string& path, Findings& findings);

/// Checks the hours against the events, and says how much there is.
Result<void> add_tables_check(Database& database, Findings& findings);

/// Checks the screenshots against their files.
Result<void> add_pictures_check(Database& database, PictureStore& pictures, Findings& findings);

/// Adds a machine's hours up anew from its events, in one transaction; servers may go on. Hours whose events were
/// removed for their age (maintenance/retention.hpp), or those that begin before `from`, stay as they are.
Result<void> rebuild_hours(Database& database, std::string_view machine_id, std::optional<Time> from = std::nullopt);

/// What compare_hours() found.
struct HoursCheck {
  std::int64_t hours = 0;      ///< kept
  std::int64_t different = 0;  ///< from what the events add up to, missing, or too many
};

/// Compares a machine's hours with its events, but for those of events that were removed for their age.
Result<HoursCheck> compare_hours(Database& database, std::string_view machine_id);

/// Does so for every machine, if the migration of an older database left that to do: comes after opening a store.
Result<void> rebuild_hours_if_asked(Database& database);

/// Calls `each` with the id of every machine, in order; stops at an error.
Result<void> each_machine(Database& database, const std::function<Result<void>(const std::string& id)>& each);

}  // namespace activitytrack::server
