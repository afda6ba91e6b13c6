#pragma once

#include "server/http/message.hpp"

#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>

#include <string>
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

/// What the functions of auth/ report, as an answer: 400 for what is wrong with the request, 404, 409 for
/// what stands in the way; all else as logged_store_problem().
Response account_problem(const Error& error, Log& log);

/// "STEM.EXTENSION", a name that any file system takes: what could be more than a name becomes "_".
std::string file_name(std::string_view stem, std::string_view extension);

}  // namespace activitytrack::server
