#pragma once

#include <activitytrack/core/result.hpp>

#include <string>
#include <string_view>

namespace activitytrack::server {

/// What a new password must be: 10 to 1024 bytes of UTF-8 without control characters.
Result<void> check_password(std::string_view password);

/// Argon2id, with its parameters in the text: 64 MiB and about 0.1 s. Not for the network's threads; see
/// PasswordQueue.
Result<std::string> hash_password(const std::string& password);

/// Takes as long as hash_password(), also with "" for `hash` (of a user that does not exist), which is always
/// false.
bool is_password(const std::string& password, const std::string& hash);

}  // namespace activitytrack::server
