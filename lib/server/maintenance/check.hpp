#pragma once

#include "server/database/database.hpp"

#include <string>
#include <vector>

// Whether what is kept is whole, and fits together.

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

}  // namespace activitytrack::server
