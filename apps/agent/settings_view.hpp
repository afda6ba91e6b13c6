#pragma once

#include <activitytrack/config/settings.hpp>

#include <string>
#include <vector>

namespace activitytrack::agent_app {

/// A setting's value as it would stand in the configuration file; secrets too: for comparing alone.
std::string setting_text(const Settings& settings, const Setting<Settings>& row);

/// The same for showing: a secret is "(set)" or "".
std::string shown_setting(const Settings& settings, const Setting<Settings>& row);

/// The rows in which two configurations differ.
std::vector<const Setting<Settings>*> changed_settings(const Settings& before, const Settings& after);

void copy_setting(const Settings& from, Settings& to, const Setting<Settings>& row);

}  // namespace activitytrack::agent_app
