#pragma once

#include "server/http/message.hpp"

#include <string_view>

namespace activitytrack::server {

/// "Not Found" of 404; of one that is not known here, what its first digit says.
std::string_view status_title(int status) noexcept;

/// An error as application/problem+json (RFC 9457): type about:blank, the status and its title, and
/// `detail`, a sentence that says what to do differently.
Response problem(int status, std::string_view detail);

/// 503, with Retry-After.
Response come_back_later(int seconds, std::string_view detail);

}  // namespace activitytrack::server
