#pragma once

#include <activitytrack/config/settings.hpp>

#include <string>
#include <vector>

namespace activitytrack::agent_app {

/// A setting's value for showing: a secret is "(set)" or "".
std::string shown_setting(const Settings& settings, const Setting<Settings>& row);

/// The rows in which two configurations differ.
std::vector<const Setting<Settings>*> changed_settings(const Settings& before, const Settings& after);

void copy_setting(const Settings& from, Settings& to, const Setting<Settings>& row);

}  // namespace activitytrack::agent_app
