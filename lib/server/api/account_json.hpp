#pragma once

#include "core/json_writer.hpp"
#include "server/accounts/api_tokens.hpp"
#include "server/accounts/enrolment.hpp"
#include "server/accounts/users.hpp"

#include <string>

namespace activitytrack::server {

// The accounts as the API and the commands show them.

void write_account(JsonWriter& json, const EnrolmentToken& token);
void write_account(JsonWriter& json, const ApiToken& token);
void write_account(JsonWriter& json, const User& user);

/// A secret that was just made, the one time it is shown.
std::string new_secret_json(const NewSecret& secret, Time expires_at);

}  // namespace activitytrack::server
