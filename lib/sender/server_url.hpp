#pragma once

#include "net/url.hpp"

#include <activitytrack/core/result.hpp>

#include <string>
#include <string_view>

namespace activitytrack {

/// The setting server_url, without "/" at the end of its path: what is asked of the server comes after it.
Result<Url> parse_server_url(const std::string& server_url);

/// Whether a credential can stand in a header field. The error never repeats it.
Result<void> check_credential(std::string_view credential);

}  // namespace activitytrack
