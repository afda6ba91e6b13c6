#pragma once

#include <activitytrack/core/result.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace activitytrack {

/// What a server may do to a setting of an agent: see docs/configuration.md.
enum class Remote {
  never,    ///< nothing: only the machine itself sets it
  free,     ///< set it to anything that is accepted
  tighten,  ///< the same, but to nothing looser than the machine's own value, unless the machine allows it
  once,     ///< set it where the machine has none; what it is then, it stays
};

/// What of a setting that the server may only tighten is looser: tells more of the person, or protects them less.
enum class Looser {
  more,   ///< true where it was false, a greater number, a later one of the choices
  less,   ///< false where it was true, a smaller number, a list that lacks something
  other,  ///< anything else than it was
};

/// One row of a program's table of settings. The table is the one source for YAML, INI, options on the command line,
/// environment variables, validation, `--help` and docs/settings.md.
template <class S>
struct Setting {
  std::string_view key;  ///< in YAML, dotted: "screenshots.interval_min"
  std::string_view ini;  ///< in the [settings] section of an INI file; "" if it has no place there
  std::variant<bool S::*, std::int64_t S::*, std::string S::*, std::vector<std::string> S::*> member;
  std::string_view unit;  ///< of numbers: "s", "min", "MiB", ... or ""; of texts: what help calls them, "URL"
  std::string_view help;  ///< one sentence for a person
  std::int64_t min = 0;   ///< of numbers
  std::int64_t max = 0;
  bool secret = false;                                     ///< its value is never printed or logged
  bool needs_restart = false;                              ///< a change is in force only after a restart
  Result<void> (*check)(std::string_view text) = nullptr;  ///< of strings: beyond their type
  std::span<const std::string_view> choices{};             ///< of strings that are one of few words: these
  Remote remote = Remote::never;                           ///< of an agent's
  Looser looser = Looser::more;                            ///< where `remote` is `tighten`
  std::string_view section{};                              ///< of an agent's: what forms show together
};

/// A value as text, and where it stands, for messages that lead a person to the place.
struct SettingText {
  std::vector<std::string> values;  ///< one, or a list's
  std::string origin;               ///< "/etc/x.yaml:12", "option --server-url", "environment variable X"
};

/// Values by the settings' keys.
using SettingTexts = std::map<std::string, SettingText, std::less<>>;

/// Everything wrong with a configuration, one line each: "FILE:LINE: KEY: what, and what to do".
struct SettingErrors {
  std::vector<std::string> lines;

  /// `key` is "" when the fault is in no key.
  void add(std::string_view origin, std::string_view key, std::string_view what);
  std::string joined() const;  ///< at most 50 of them, and how many more there are
};

/// The keys of a table: all that a parser needs to know of it.
struct SettingNames {
  std::vector<std::string_view> keys;
  std::vector<std::string_view> inis;  ///< of the same length
};
template <class S>
SettingNames setting_names(std::span<const Setting<S>> table) {
  SettingNames names;
  for (const auto& row : table) names.keys.push_back(row.key), names.inis.push_back(row.ini);
  return names;
}

/// Reads YAML (nested maps, keys dotted in the result). Unknown keys, keys given twice and wrong shapes are errors,
/// with file and line; so are aliases and nesting beyond what settings need. A key without a value counts as not given.
/// `file` is for messages only.
SettingTexts parse_yaml_settings(std::string_view text, std::string_view file, const SettingNames& names,
                                 SettingErrors& errors);

/// Reads INI: the section [settings]; keys are returned by their YAML names. A comment is a line of its own that begins
/// with "#" or ";".
SettingTexts parse_ini_settings(std::string_view text, std::string_view file, const SettingNames& names,
                                SettingErrors& errors);

/// A file is INI if its name ends in ".ini", else YAML.
inline bool is_ini_file(std::string_view file) { return file.ends_with(".ini"); }
SettingTexts parse_settings(std::string_view text, std::string_view file, const SettingNames& names,
                            SettingErrors& errors);

/// Reads a file of at most 1 MiB.
SettingTexts read_settings_file(const std::string& file, const SettingNames& names, SettingErrors& errors);

/// ACTIVITYTRACK_<KEY>, where KEY is the key in capitals with "_" for ".". An empty variable counts as not given.
SettingTexts environment_settings(const SettingNames& names);
std::string environment_name(std::string_view key);

/// The option for a key, without dashes before it: "screenshots.interval_min" is "screenshots-interval-min".
std::string option_name(std::string_view key);

/// Where a program's configuration is looked for, the first place first: STEM.yaml, then STEM.ini, in
/// ~/.config/activity-tracker and then /etc/activity-tracker. An absolute $XDG_CONFIG_HOME is looked into before
/// ~/.config.
std::vector<std::string> settings_file_candidates(std::string_view stem);

/// The first of them that exists, or of which it cannot be found out whether it exists; reading it then reports why,
/// since a folder that may not be looked into is no wish for the defaults. "" if none does.
std::string find_settings_file(std::string_view stem);

/// ~/.local/share/activity-tracker (an absolute $XDG_DATA_HOME honoured).
std::string user_data_folder();

/// The folder of settings and keys: $XDG_CONFIG_HOME/activity-tracker, by default below ~/.config.
std::string user_config_folder();

/// A path in which "~/" at the beginning is the home.
std::string with_home(std::string path);

/// Checks that several programs have.
Result<void> check_machine_id(std::string_view id);  ///< 1 to 128 of A-Z a-z 0-9 . _ : -, not . and ..

/// That `text` is one of the words, of which "" may be one; the error names the others.
Result<void> check_one_of(std::string_view text, std::span<const std::string_view> words);

inline constexpr std::array<std::string_view, 4> log_level_words{"debug", "info", "warning", "error"};
inline constexpr std::array<std::string_view, 2> log_format_words{"text", "json"};

/// Their rows.
template <class S>
constexpr Setting<S> log_level_setting() {
  return {.key = "log_level",
          .ini = "log_level",
          .member = &S::log_level,
          .unit = "LEVEL",
          .help = "Least grave line that is logged: debug, info, warning or error.",
          .needs_restart = true,
          .choices = log_level_words};
}
template <class S>
constexpr Setting<S> log_format_setting() {
  return {.key = "log_format",
          .ini = "log_format",
          .member = &S::log_format,
          .unit = "FORMAT",
          .help = "Form of log lines: text or json.",
          .needs_restart = true,
          .choices = log_format_words};
}

struct NumberRange {
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::string_view unit;
};

/// Turns a text into a value: true/false, yes/no, on/off, 1/0 in any case; a whole number in [min, max]; a text without
/// control characters; a list, also as one text with commas. The error says what is wrong and what is accepted, and
/// repeats no text.
Result<void> assign_setting(const SettingText& text, const NumberRange& range, bool& into);
Result<void> assign_setting(const SettingText& text, const NumberRange& range, std::int64_t& into);
Result<void> assign_setting(const SettingText& text, const NumberRange& range, std::string& into);
Result<void> assign_setting(const SettingText& text, const NumberRange& range, std::vector<std::string>& into);

/// A value as a text that assign_setting() takes.
std::string setting_text(bool value);
std::string setting_text(std::int64_t value);
std::string setting_text(const std::string& value);
std::string setting_text(const std::vector<std::string>& values);

/// The value of a row; secrets too.
template <class S>
std::string setting_text(const S& settings, const Setting<S>& row) {
  return std::visit([&](auto member) { return setting_text(settings.*member); }, row.member);
}

/// The row's own check of a value; only strings have one.
template <class S, class T>
Result<void> check_setting(const Setting<S>& row, const T& value) {
  if constexpr (std::is_same_v<T, std::string>) {
    if (!row.choices.empty()) return check_one_of(value, row.choices);
  }
  if (!row.check) return {};
  if constexpr (std::is_same_v<T, std::string>) {
    return row.check(value);
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    for (const std::string& each : value) {
      if (auto checked = row.check(each); !checked) return checked;
    }
  }
  return {};
}

/// Sets a row's value from a text. On an error it stays as it was.
template <class S>
Result<void> apply_setting(const Setting<S>& row, const SettingText& text, S& into) {
  return std::visit(
      [&](auto member) -> Result<void> {
        auto value = into.*member;
        Result<void> done = assign_setting(text, {row.min, row.max, row.unit}, value);
        if (done) done = check_setting(row, value);
        if (done) into.*member = std::move(value);
        return done;
      },
      row.member);
}

/// Applies texts to a value that holds the defaults. The first error of each key is added to `errors`, and its value
/// stays as it was. Texts of keys that the table does not have are left alone.
template <class S>
void apply_settings(std::span<const Setting<S>> table, const SettingTexts& texts, S& into, SettingErrors& errors) {
  for (const Setting<S>& row : table) {
    const auto text = texts.find(row.key);
    if (text == texts.end()) continue;
    if (const auto done = apply_setting(row, text->second, into); !done) {
      errors.add(text->second.origin, row.key, done.error().message);
    }
  }
}

/// A program's settings: `file` ("" for none; one that cannot be read is an error), then the environment, then
/// `options` (the winner), over the defaults. All errors are collected: on failure the message has one line for each.
/// `in_file`, if not null, becomes what the file gives.
template <class S>
Result<S> load_settings(std::span<const Setting<S>> table, const std::string& file, const SettingTexts& options,
                        SettingTexts* in_file = nullptr) {
  S settings;
  SettingErrors errors;
  const SettingNames names = setting_names(table);
  SettingTexts texts;
  if (!file.empty()) texts = read_settings_file(file, names, errors);
  apply_settings(table, texts, settings, errors);
  if (in_file) *in_file = std::move(texts);
  apply_settings(table, environment_settings(names), settings, errors);
  apply_settings(table, options, settings, errors);
  if (!errors.lines.empty()) return Error{ErrorCode::invalid_input, errors.joined()};
  return settings;
}

}  // namespace activitytrack
