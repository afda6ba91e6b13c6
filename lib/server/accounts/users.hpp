#pragma once

#include "server/accounts/principal.hpp"
#include "server/database/database.hpp"

#include <activitytrack/core/clock.hpp>

#include <vector>

// The people who may sign in.

namespace activitytrack::server {

struct User {
  std::int64_t id = 0;
  std::string name{};
  Role role = Role::self;
  std::vector<std::string> machines{};  ///< given to them, in order
  Time created_at{};
};

/// A name as it is stored: a-z 0-9 . _ @ + and -, up to 64 of them; capitals are taken as small.
Result<std::string> normal_user_name(std::string_view name);

/// Adds a person by `wanted`'s name, role and machines. `busy` if the name is taken. Within a transaction.
Result<User> add_user(Database& database, const User& wanted, const std::string& password_hash, Time now);

Result<std::vector<User>> list_users(Database& database);
Result<std::optional<User>> find_user(Database& database, std::string_view name);
Result<bool> has_users(Database& database);

/// What changes of a person; the rest stays.
struct UserChange {
  std::optional<Role> role{};
  std::optional<std::vector<std::string>> machines{};
};

/// `not_found`; `busy` if no admin would be left. Within a transaction, as are those below.
Result<void> change_user(Database& database, std::string_view name, const UserChange& change);

/// With their sessions and tokens. Errors as of change_user().
Result<void> remove_user(Database& database, std::string_view name);

/// Ends their sessions but `kept_session`, and what their browsers were known by.
Result<void> set_password(Database& database, std::int64_t user, const std::string& password_hash,
                          std::int64_t kept_session = 0);

/// The person as one who asks.
Principal principal_of(const User& user);

}  // namespace activitytrack::server
