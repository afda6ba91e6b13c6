#pragma once

#include "server/accounts/access.hpp"
#include "server/accounts/secret_token.hpp"
#include "server/database/database.hpp"

#include <activitytrack/core/clock.hpp>

#include <chrono>
#include <map>
#include <string>
#include <vector>

// The people who may sign in. What changes them is called within a transaction.

namespace activitytrack::server {

struct User {
  std::int64_t id = 0;
  std::string name{};
  Role role = Role::self;
  std::vector<std::string> machines{};  ///< given to them, in order
  Time created_at{};
};

/// The person as one who asks.
Principal principal_of(const User& user);

/// A person who asked a while ago, with what they may do at `now`; `unauthorized` if the session or token that they
/// came by has ended, or they have another role.
Result<Principal> principal_now(Database& database, const Principal& who, Time now);

/// A name as it is stored: a-z 0-9 . _ @ + and -, up to 64 of them; capitals are taken as small.
Result<std::string> normal_user_name(std::string_view name);

/// The first `limit` whose names come after `after`, in order of their names.
Result<std::vector<User>> list_users(Database& database, std::string_view after = "", std::size_t limit = INT64_MAX);
Result<std::optional<User>> find_user(Database& database, std::string_view name);

/// Whether anybody may administrate the server.
Result<bool> has_admin(Database& database);

/// The person of this name; `not_found` if there is none.
Result<User> existing_user(Database& database, std::string_view name);

/// Of each machine that is given to a person of role self their name; of several the first. `machine_id`: of only this
/// one; "": of all.
Result<std::map<std::string, std::string, std::less<>>> list_owners(Database& database, std::string_view machine_id);

/// The person that a secret stands for. `sql` finds it by its id, $1, and selects u.id, u.name, u.role, u.created_at,
/// the hash, and more for `each`, which is called only if the secret is that one.
Result<std::optional<User>> find_person(Database& database, std::string_view sql, const SecretToken& token,
                                        const Database::EachRow& each);

constexpr std::int64_t max_users = 10'000;

/// Adds a person by `wanted`'s name, role and machines, and ends the link that makes the first one. `already_exists` if
/// the name is taken, `conflict` if there are too many people.
Result<User> add_user(Database& database, const User& wanted, const std::string& password_hash, Time now);

/// What changes of a person; the rest stays.
struct UserChange {
  std::optional<Role> role{};
  std::optional<std::vector<std::string>> machines{};
  bool may_leave_no_admin = false;
};

/// A person before and after a change, and what ended by it.
struct ChangedUser {
  User before{};
  User after{};
  Ended ended{};
};

/// Who is no admin any more loses the tokens that they made for others and for machines. `not_found`; `conflict` if no
/// admin would be left, and none is to.
Result<ChangedUser> change_user(Database& database, std::string_view name, const UserChange& change);

/// With their sessions and tokens, and the tokens that they made for others and for machines; `after` is empty. Errors
/// as of change_user().
Result<ChangedUser> remove_user(Database& database, std::string_view name);

struct PasswordChange {
  std::int64_t kept_session = 0;
  bool keep_tokens = false;
};

/// Ends all by which the person, or what they made, is let in: their sessions, what their browsers were known by, and
/// their tokens with all that these and they made.
Result<Ended> end_sign_ins(Database& database, std::int64_t user, const PasswordChange& kept = {});

/// With end_sign_ins().
Result<Ended> set_password(Database& database, std::int64_t user, const std::string& password_hash,
                           const PasswordChange& change = {});

// The link by which the first admin of a server is made.

constexpr std::chrono::hours setup_link_length{24};

/// The link's secret; nullopt if there is an admin already.
Result<std::optional<NewSecret>> create_setup_link(Database& database, Time now);

/// For one that could not be shown.
Result<void> end_setup_link(Database& database, std::int64_t id);

/// Whether it may be used now.
Result<bool> is_setup_link(Database& database, std::string_view text, Time now);

/// Makes the first admin, and ends all links. `not_found` if the link is not good (any more).
Result<User> use_setup_link(Database& database, std::string_view text, const User& wanted,
                            const std::string& password_hash, Time now);

}  // namespace activitytrack::server
