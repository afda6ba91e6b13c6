#include "server/api/screenshot_handlers.hpp"
#include "server/api/store_problem.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {

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

}  // namespace activitytrack::server
