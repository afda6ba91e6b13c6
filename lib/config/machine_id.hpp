#pragma once

#include <activitytrack/core/result.hpp>

#include <string_view>

namespace activitytrack {

/// 1 to 128 characters of A-Z a-z 0-9 . _ : and -.
Result<void> check_machine_id(std::string_view id);

}  // namespace activitytrack
