#pragma once

#include "server/api/services.hpp"
#include "server/http/router.hpp"

// The endpoints of accounts. What each takes and gives is in docs/api.md; who may use them, in routes.cpp.

namespace activitytrack::server {

// Signing in: a password is hashed on its own thread, so these answer later.
void post_login(const Request& request, Services& services, Answer answer);
void post_password(const Request& request, Services& services, Answer answer);  ///< POST /api/me/password
void post_setup(const Request& request, Services& services, Answer answer);
Response get_setup(const Request& request, Services& services);  ///< GET /setup
Response post_logout(const Request& request, Services& services);
Response get_me(const Request& request, Services& services);

// Machines
Response post_enroll(const Request& request, Services& services);
Response post_rotate(const Request& request, Services& services);         ///< POST /api/credentials/rotate
Response get_credentials(const Request& request, Services& services);     ///< GET /api/machines/{id}/credentials
Response delete_credentials(const Request& request, Services& services);  ///< DELETE of the same
Response get_enroll_tokens(const Request& request, Services& services);
Response post_enroll_token(const Request& request, Services& services);
Response delete_enroll_token(const Request& request, Services& services);

// People
Response get_users(const Request& request, Services& services);
void post_user(const Request& request, Services& services, Answer answer);
void patch_user(const Request& request, Services& services, Answer answer);
Response delete_user(const Request& request, Services& services);
Response get_tokens(const Request& request, Services& services);
Response post_token(const Request& request, Services& services);
Response delete_token(const Request& request, Services& services);
Response get_audit(const Request& request, Services& services);

}  // namespace activitytrack::server
