#pragma once

#include <string>
#include <string_view>

namespace activitytrack::server {

/// "STEM.EXTENSION", a name that any file system takes: what could be more than a name becomes "_".
std::string file_name(std::string_view stem, std::string_view extension);

}  // namespace activitytrack::server
