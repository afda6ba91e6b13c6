#pragma once

#include "s3/credentials.hpp"

#include <string>

namespace activitytrack {

/// A variable of the environment; "" if it is not set.
inline std::string value_of(const GetVariable& variable, const char* name) {
  const char* value = variable(name);
  return value == nullptr ? "" : value;
}

}  // namespace activitytrack
