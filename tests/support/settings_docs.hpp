#pragma once

#include <string>

namespace activitytrack::test {

/// docs/settings.md, from the table of the agent's settings.
std::string settings_docs();

}  // namespace activitytrack::test
