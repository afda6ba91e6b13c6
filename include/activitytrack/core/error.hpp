#pragma once

#include <string>
#include <string_view>

namespace activitytrack {

/// What kind of failure it was: for code that has to decide. People read Error::message.
enum class ErrorCode {
  invalid_input,  ///< bytes, text or options that break the rules
  not_found,
  permission,
  io,           ///< a file or socket operation failed
  no_space,     ///< the disk is full, or a quota is
  corrupt,      ///< a file is not what it should be
  busy,         ///< held by another process
  unavailable,  ///< not there now; trying again later makes sense
  timeout,
  unsupported,
};

/// A failure that comes from outside: input, files, the network. `message` is one line for a person:
/// what was wrong, where, and what to do. It holds no window title, credential or key.
struct Error {
  ErrorCode code = ErrorCode::io;
  std::string message;

  friend bool operator==(const Error&, const Error&) = default;
};

/// The code's name as it appears in logs: "invalid_input", "io", ...
std::string_view to_string(ErrorCode code) noexcept;

/// An Error that describes `what` and the system's own words for `errno_value`; ENOSPC, EDQUOT,
/// EACCES and the like choose the code.
Error system_error(std::string_view what, int errno_value);

}  // namespace activitytrack
