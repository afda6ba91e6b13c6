#include "server/api/account_problem.hpp"

#include "server/api/store_problem.hpp"
#include "server/http/message.hpp"

namespace activitytrack::server {

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

}  // namespace activitytrack::server
