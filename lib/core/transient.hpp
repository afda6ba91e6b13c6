#pragma once

#include <activitytrack/core/result.hpp>

namespace activitytrack {

/// Whether the failure lies with the system and not with what it was given: the same call may succeed later, and
/// nothing is gained by trying a part of it.
constexpr bool is_transient(ErrorCode code) noexcept {
  switch (code) {
    case ErrorCode::no_space:
    case ErrorCode::unavailable:
    case ErrorCode::busy:
    case ErrorCode::timeout:
    case ErrorCode::permission:
      return true;
    default:
      return false;
  }
}

}  // namespace activitytrack
