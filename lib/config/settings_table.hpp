#pragma once

#include "config/setting.hpp"

#include <activitytrack/config/settings.hpp>

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack {

// The words that a setting takes, in the order of the enumerators that they stand for:
// AgentOptions::Screenshots::Moment, DevelopOptions::Obscuring (without `none`) and DevelopOptions::Subsampling.
inline constexpr std::array<std::string_view, 3> screenshot_when_words{"interval", "random", "focus"};
inline constexpr std::array<std::string_view, 2> blur_kind_words{"gaussian", "pixels"};
inline constexpr std::array<std::string_view, 3> subsampling_words{"4:4:4", "4:2:2", "4:2:0"};

/// The rows of Settings, the one source for everything that names the agent's settings.
std::span<const Setting<Settings>> settings_table();

/// The row of a key; null if there is none.
const Setting<Settings>* find_setting(std::string_view key);

/// load_settings() of the public header, with `options` of a command line over the environment. `in_file`, if not null,
/// becomes what the file gives.
Result<Settings> load_settings(const std::string& file, const SettingTexts& options, SettingTexts* in_file = nullptr);

/// A value for display: a secret is "(set)" or "".
std::string shown_setting(const Settings& settings, const Setting<Settings>& row);

/// The rows in which the two differ.
std::vector<const Setting<Settings>*> changed_settings(const Settings& before, const Settings& after);

void copy_setting(const Settings& from, Settings& to, const Setting<Settings>& row);

}  // namespace activitytrack
