#include "server/http/error_answer.hpp"

#include <activitytrack/core/result.hpp>

namespace activitytrack::server {
namespace {

constexpr int failure_retry_sec = 30;

/// 0 for a failure of the server.
int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_input:
      return 400;
    case ErrorCode::unauthorized:
      return 401;
    case ErrorCode::not_found:
      return 404;
    case ErrorCode::already_exists:
    case ErrorCode::conflict:
      return 409;
    case ErrorCode::too_large:
      return 413;
    default:
      return 0;
  }
}

}  // namespace

Response failure_answer(const Error& error, const FailureWords& words) {
  if (!is_transient(error.code)) return problem(500, words.failed);
  return come_back_later(failure_retry_sec, error.code == ErrorCode::no_space ? words.full : words.away);
}

Response error_answer(const Error& error, Log& log) {
  if (const int status = status_of(error.code)) return problem(status, error.message);
  log.error("the store failed", {{"error", error.message}});
  return failure_answer(error);
}

Response answer_of(Result<Response> made, Log& log) {
  return made ? std::move(*made) : error_answer(made.error(), log);
}

}  // namespace activitytrack::server
