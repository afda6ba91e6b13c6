#pragma once

#include <activitytrack/core/result.hpp>

#include <string>
#include <string_view>

namespace activitytrack::server {

/// A JPEG of at most `width` px, in the shape of one that may be anybody's; never enlarged. `invalid_input`
/// for what is no JPEG, or of more pixels than this takes memory for.
Result<std::string> make_thumbnail(std::string_view jpeg, int width);

}  // namespace activitytrack::server
