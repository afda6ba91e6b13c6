#pragma once

#include "auth/api_tokens.hpp"
#include "auth/enrolment.hpp"
#include "auth/users.hpp"
#include "core/json_writer.hpp"

#include <string>

namespace activitytrack::server {

// The accounts as the API and the commands show them.

void write_account(JsonWriter& json, const EnrolmentToken& token);
void write_account(JsonWriter& json, const ApiToken& token);
void write_account(JsonWriter& json, const User& user);

/// A secret that was just made, the one time it is shown.
std::string new_secret_json(const NewSecret& secret, Time expires_at);

}  // namespace activitytrack::server
