#pragma once

#include "server/http/message.hpp"

#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>

#include <string_view>

// Errors as answers: the one table from ErrorCode to status.

namespace activitytrack::server {

/// What a client reads of a failure that is the server's own: of a full disk, of what is not available now, and of all
/// else. What exactly failed is for the log, not for the client.
struct FailureWords {
  std::string_view full = "the server's disk is full; nothing was stored";
  std::string_view away = "the server's database is not available";
  std::string_view failed = "the server's database failed; its log says more";
};

/// A failure of the server: 503 with Retry-After where it is transient, else 500.
Response failure_answer(const Error& error, const FailureWords& words = {});

/// Any error. What is wrong with the request is answered with the error's message: 400, 401, 404, 409, 413; all else is
/// a failure, which is logged.
Response error_answer(const Error& error, Log& log);

/// What a handler made, or the answer to its error.
Response answer_of(Result<Response> made, Log& log);

}  // namespace activitytrack::server
