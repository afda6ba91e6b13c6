#pragma once

#include "config/settings_table.hpp"

#include <activitytrack/core/result.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What a server wants an agent's settings to be, and how much of that it may. The rules are here once, for the agent,
// which refuses what it may not take, and for the server, which does not send that in the first place.

namespace activitytrack {

/// Values by their settings' keys, each as JSON of the setting's type in one form only, so that equal values are equal
/// texts: `true`, `5`, `"focus"`, `["KeePassXC"]`.
using SettingValues = std::map<std::string, std::string, std::less<>>;

/// A value of a setting in that form, from JSON of any form. The error says what is wrong, and repeats no value.
Result<std::string> normal_value(const Setting<Settings>& row, std::string_view json);

/// The value that `settings` have.
std::string value_of(const Settings& settings, const Setting<Settings>& row);

/// `{"screenshots.blur":true}`; empty braces for none.
std::string format_values(const SettingValues& values);

/// Reads an object of values, each a JSON text of its own, not normal yet and perhaps of unknown keys. nullopt if it is
/// no such object; `null` is kept as "null".
std::optional<SettingValues> parse_values(std::string_view json);

/// What a machine says by itself: what a server's values are held against.
struct OwnSettings {
  Settings settings;       ///< of its defaults, file, environment and options
  std::string pinned_key;  ///< screenshots.public_key as it was first taken from a server; "" if none was

  bool may_loosen() const { return settings.remote_may_loosen; }
  /// That of screenshots, the only setting that may be set once: the machine's own, else the pinned one.
  const std::string& public_key() const {
    return settings.screenshot_public_key.empty() ? pinned_key : settings.screenshot_public_key;
  }
};

/// Why a value may not be taken: because the machine has to set it itself (`never`), it has one already (`once`), or it
/// is looser than the machine's own; "" if it may. `value` is normal.
std::string why_not(const OwnSettings& own, const Setting<Settings>& row, std::string_view value);

struct RemoteRefusal {
  std::string key;     ///< "" if it is about none
  std::string reason;  ///< in words, without the value
};

/// What becomes of a server's values.
struct RemoteOutcome {
  std::optional<RemoteRefusal> refused{};  ///< nothing of them is taken
  Settings settings{};                     ///< else: the machine's own with the values over them
  SettingValues taken{};                   ///< the values that were, in normal form
  std::vector<std::string> unknown{};      ///< keys that this program does not know, which are passed over
  std::vector<std::string> loosened{};     ///< keys that are looser than the machine's own, which it allows
};

/// All of the values, or none.
RemoteOutcome take_remote(const OwnSettings& own, const SettingValues& values);

/// Those of the machine's own values that bound a server's: what it may only tighten, where that differs from the
/// default, and what is set once. What the server has to know to leave out what would be refused.
SettingValues own_bounds(const OwnSettings& own);

}  // namespace activitytrack
