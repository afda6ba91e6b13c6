#pragma once

#include "server/http/message.hpp"

#include <chrono>
#include <string>
#include <string_view>

// The cookies of browsers: a session's, and the one by which a browser is known that signed in before. Both
// are HttpOnly and SameSite=Strict; under TLS also Secure, and named so (__Host-) that no other host can have
// set them.

namespace activitytrack::server {

enum class Cookie { session, device };

/// Its value; "" if the request has none.
std::string_view cookie_of(const Request& request, Cookie cookie);

/// Adds Set-Cookie; an empty value removes the cookie.
void set_cookie(Response& response, const Request& request, Cookie cookie, std::string_view value,
                std::chrono::seconds age);

/// Whether a page of this server itself sent the request: its Origin names the Host, with https under TLS.
bool is_same_origin(const Request& request);

}  // namespace activitytrack::server
