#include <activitytrack/core/result.hpp>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace activitytrack {
namespace {

/// In the order of the enumerators.
constexpr auto code_names = std::to_array<std::string_view>(
    {"invalid_input", "not_found", "already_exists", "conflict", "too_large", "permission", "unauthorized", "untrusted",
     "io", "no_space", "corrupt", "busy", "unavailable", "timeout", "unsupported"});
static_assert(code_names.size() == static_cast<std::size_t>(ErrorCode::unsupported) + 1);

ErrorCode code_of(int errno_value) {
  switch (errno_value) {
    case ENOENT:
      return ErrorCode::not_found;
    case EEXIST:
      return ErrorCode::already_exists;
    case EACCES:
    case EPERM:
    case EROFS:
      return ErrorCode::permission;
    case ENOSPC:
    case EDQUOT:
      return ErrorCode::no_space;
    case EBUSY:
    case ETXTBSY:
      return ErrorCode::busy;
    case EAGAIN:
    case ECONNREFUSED:
    case ECONNRESET:
    case ENFILE:
    case EMFILE:
      return ErrorCode::unavailable;
    case ETIMEDOUT:
      return ErrorCode::timeout;
    case ENOSYS:
    case EOPNOTSUPP:
      return ErrorCode::unsupported;
    default:  // ENOTDIR and ELOOP too: what is in the way has to be looked at, it is not merely missing
      return ErrorCode::io;
  }
}

}  // namespace

std::string_view to_string(ErrorCode code) noexcept { return code_names[static_cast<std::size_t>(code)]; }

Error system_error(std::string_view what, int errno_value) {
  return {code_of(errno_value), std::string(what) + ": " + std::generic_category().message(errno_value)};
}

void throw_failure(const Error& error) { throw std::runtime_error(error.message); }

}  // namespace activitytrack
