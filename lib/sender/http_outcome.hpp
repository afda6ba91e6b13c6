#pragma once

#include "net/http_client.hpp"

#include <activitytrack/sender/sender.hpp>

#include <cstddef>
#include <string_view>

namespace activitytrack {

/// What an answer means for the batch of `sent` events that it is about. `server` names the server in errors,
/// which never hold `credential`, whatever the server wrote.
SendOutcome outcome_of(const HttpResponse& response, std::size_t sent, std::string_view server,
                       std::string_view credential);

}  // namespace activitytrack
