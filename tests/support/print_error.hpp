#pragma once

#include <activitytrack/core/result.hpp>

#include <ostream>

namespace activitytrack {

/// Lets a failed CHECK(result) show what went wrong.
inline std::ostream& operator<<(std::ostream& out, const Error& error) {
  return out << to_string(error.code) << ": " << error.message;
}

}  // namespace activitytrack
