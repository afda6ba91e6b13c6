#pragma once

#include "server/http/message.hpp"

#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>

#include <string_view>

namespace activitytrack::server {

/// A store's failure as an answer: 503 with Retry-After when it may pass (the disk is full, the database
/// is busy, or does not let the server write), else 500. What exactly failed is for the log, not for the
/// client.
Response store_problem(const Error& error);

/// The same of anything that fails so, in words for each of the three outcomes.
struct FailureWords {
  std::string_view full, away, failed;
};
Response failure_problem(const Error& error, const FailureWords& words);

/// store_problem(), and logged. (Ingest logs its own failures.)
Response logged_store_problem(const Error& error, Log& log);

}  // namespace activitytrack::server
