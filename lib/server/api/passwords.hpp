#pragma once

#include "server/api/services.hpp"
#include "server/http/router.hpp"

namespace activitytrack::server {

/// Runs what hashes a password on the one thread that does, and answers with what it gives; 503 if too many
/// wait, in all or of this client.
void on_password_thread(const Request& request, Services& services, Answer answer, ServiceHandler handler);

/// 429: no password is looked at before a minute is over.
Response too_many_tries();

/// Writes to the audit log that a password was refused. `name`: whose it was said to be, as sent.
void note_refused_password(const Request& request, Services& services, std::string_view name, int status);

}  // namespace activitytrack::server
