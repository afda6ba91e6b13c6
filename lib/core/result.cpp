#include <activitytrack/core/result.hpp>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace activitytrack {
namespace {

ErrorCode code_of(int errno_value) {
  switch (errno_value) {
    case ENOENT:
      return ErrorCode::not_found;
    case EEXIST:
      return ErrorCode::already_exists;
    case EACCES:
    case EPERM:
      return ErrorCode::permission;
    case ENOSPC:
    case EDQUOT:
      return ErrorCode::no_space;
    case EAGAIN:
    case ECONNREFUSED:
    case ECONNRESET:
      return ErrorCode::unavailable;
    case ETIMEDOUT:
      return ErrorCode::timeout;
    default:
      return ErrorCode::io;
  }
}

}  // namespace

std::string_view to_string(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::invalid_input:
      return "invalid_input";
    case ErrorCode::not_found:
      return "not_found";
    case ErrorCode::already_exists:
      return "already_exists";
    case ErrorCode::conflict:
      return "conflict";
    case ErrorCode::too_large:
      return "too_large";
    case ErrorCode::permission:
      return "permission";
    case ErrorCode::unauthorized:
      return "unauthorized";
    case ErrorCode::untrusted:
      return "untrusted";
    case ErrorCode::io:
      return "io";
    case ErrorCode::no_space:
      return "no_space";
    case ErrorCode::corrupt:
      return "corrupt";
    case ErrorCode::busy:
      return "busy";
    case ErrorCode::unavailable:
      return "unavailable";
    case ErrorCode::timeout:
      return "timeout";
    case ErrorCode::unsupported:
      return "unsupported";
  }
  return "unknown";
}

Error system_error(std::string_view what, int errno_value) {
  return {code_of(errno_value), std::string(what) + ": " + std::generic_category().message(errno_value)};
}

void throw_failure(const Error& error) { throw std::runtime_error(error.message); }

}  // namespace activitytrack
