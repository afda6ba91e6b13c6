#include "server/api/store_problem.hpp"

#include "server/http/message.hpp"

namespace activitytrack::server {
namespace {

constexpr int retry_after_sec = 30;

}  // namespace

Response failure_problem(const Error& error, const FailureWords& words) {
  switch (error.code) {
    case ErrorCode::no_space:
      return come_back_later(retry_after_sec, words.full);
    case ErrorCode::unavailable:
    case ErrorCode::busy:
    case ErrorCode::timeout:
    case ErrorCode::permission:
      return come_back_later(retry_after_sec, words.away);
    default:
      return problem(500, words.failed);
  }
}

Response store_problem(const Error& error) {
  return failure_problem(error, {.full = "the server's disk is full; nothing was stored",
                                 .away = "the server's database is not available",
                                 .failed = "the server's database failed; its log says more"});
}

Response logged_store_problem(const Error& error, Log& log) {
  log.error("the store failed", {{"error", error.message}});
  return store_problem(error);
}

}  // namespace activitytrack::server
