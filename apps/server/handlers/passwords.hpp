#pragma once

#include "handlers/services.hpp"
#include "http/router.hpp"

namespace activitytrack::server {

/// Runs what hashes a password on the one thread that does, and answers with what it gives; 503 if too many
/// wait.
void on_password_thread(const Request& request, Services& services, Answer answer, Handler handler);

}  // namespace activitytrack::server
