#pragma once

#include "server/accounts/secret_token.hpp"
#include "server/accounts/users.hpp"

#include <chrono>

namespace activitytrack::server {

/// Uses of sessions and tokens are noted this often, so that reading does not mean writing.
constexpr std::chrono::minutes use_noted_each{5};

/// The person that a secret stands for. `sql` finds it by its id, $1, and gives u.id, u.name, u.role,
/// u.created_at, the hash, and more for `each`, which is called only if the secret is that one.
Result<std::optional<User>> find_person(Database& database, std::string_view sql, const SecretToken& token,
                                        const Database::EachRow& each);

/// The columns u.id, u.name, u.role, u.created_at.
User read_user(const SqlRow& row);

/// Fills in user.machines.
Result<void> read_user_machines(Database& database, User& user);

}  // namespace activitytrack::server
