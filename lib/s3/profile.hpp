#pragma once

#include <map>
#include <string>
#include <string_view>

namespace activitytrack {

using Profile = std::map<std::string, std::string, std::less<>>;

/// Adds to `profile` what a shared file of AWS says of it, for keys not known yet. The file `config` heads
/// its sections "[profile NAME]", the other one "[NAME]"; "[default]" is the same in both. False: there is
/// none of that name.
bool read_profile(std::string_view file, std::string_view name, bool config, Profile& profile);

}  // namespace activitytrack
