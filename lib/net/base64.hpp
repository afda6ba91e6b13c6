#pragma once

#include <string>
#include <string_view>

namespace activitytrack {

std::string base64(std::string_view bytes);  ///< padded

}  // namespace activitytrack
