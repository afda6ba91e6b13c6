#include "server/api/answers.hpp"
#include "server/api/handlers.hpp"
#include "server/http/problem.hpp"

#include <algorithm>
#include <cctype>
#include <functional>

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

Response account_problem(const Error& error, Log& log) {
  switch (error.code) {
    case ErrorCode::invalid_input:
      return problem(400, error.message);
    case ErrorCode::not_found:
      return problem(404, error.message);
    case ErrorCode::busy:
      return problem(409, error.message);
    default:
      return logged_store_problem(error, log);
  }
}

Response picture_problem(const Error& error, Log& log) {
  log.error("pictures cannot be kept or read", {{"error", error.message}});
  return failure_problem(error, {.full = "the server's disk is full, or nearly so; nothing was stored",
                                 .away = "the server cannot get at its pictures now",
                                 .failed = "the server failed to keep or read a picture; its log says more"});
}

Announcer announcer(const Principal& who) {
  return who.kind == Principal::Kind::machine ? Announcer(who.id) : std::nullopt;
}

Response stored_answer() { return {.body = R"({"state":"stored"})"}; }

Response wrong_offset(std::int64_t offset) {
  Response response = problem(409, "the bytes must come from " + std::to_string(offset) + " on");
  response.body.pop_back();
  response.body += R"(,"offset":)" + std::to_string(offset) + "}";
  return response;
}

std::string file_name(std::string_view stem, std::string_view extension) {
  std::string name(stem);
  const auto is_plain = [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) || c == '-' || c == '_' || c == '.');
  };
  std::ranges::replace_if(name, std::not_fn(is_plain), '_');
  if (name.starts_with('.')) name.front() = '_';
  return name + '.' + std::string(extension);
}

}  // namespace activitytrack::server
