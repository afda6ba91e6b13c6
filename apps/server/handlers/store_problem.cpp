#include "handlers/store_problem.hpp"

#include "http/problem.hpp"

namespace activitytrack::server {
namespace {

constexpr int retry_after_sec = 30;

}  // namespace

Response store_problem(const Error& error) {
  switch (error.code) {
    case ErrorCode::no_space:
      return come_back_later(retry_after_sec, "the server's disk is full; nothing was stored");
    case ErrorCode::unavailable:
    case ErrorCode::busy:
    case ErrorCode::timeout:
    case ErrorCode::permission:
      return come_back_later(retry_after_sec, "the server's database is not available");
    default:
      return problem(500, "the server's database failed; its log says more");
  }
}

Response logged_store_problem(const Error& error, Log& log) {
  log.error("the store failed", {{"error", error.message}});
  return store_problem(error);
}

}  // namespace activitytrack::server
