#pragma once

#include "server/http/message.hpp"

#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>

namespace activitytrack::server {

/// What the functions of auth/ report, as an answer: 400 for what is wrong with the request, 404, 409 for
/// what stands in the way; all else as logged_store_problem().
Response account_problem(const Error& error, Log& log);

}  // namespace activitytrack::server
