#include "settings_docs.hpp"

#include "config/settings_table.hpp"

namespace activitytrack::test {
namespace {

constexpr std::string_view introduction = R"(# Settings of the agent

<!-- Made from the table in lib/config/settings_table.cpp; see the end of this page. -->

The first of these files that exists is read: the one given by `--config FILE`,
`~/.config/activity-tracker/config.yaml`, `/etc/activity-tracker/config.yaml` (or `config.ini` in
either folder). A file named `*.ini` is read as INI, with its keys in the section `[settings]`; any
other as YAML, where a key such as `screenshots.blur` stands as `blur:` below `screenshots:`.

```yaml
server_url: https://activity.example.org
features:
  window_titles: false
```

Each setting can also be given as an environment variable and on the command line, which wins over the
environment, as the environment does over the file: `screenshots.blur` is
`ACTIVITYTRACK_SCREENSHOTS_BLUR` and `--screenshots-blur`.

Whether a setting is on may be written `true`, `yes`, `on` or `1`, and `false`, `no`, `off` or `0`.
Values marked with 🔒 are never printed or logged.

A change of the file is in force within 2 seconds; settings marked with ↻ wait for a restart. No
default comes into force because a file is away for a moment, or damaged. In each of these cases the
settings before it stay in force, the log has a warning, and `activitytrack-agent status` says why:

- The file has an error in it. It is refused whole, with the line of each error.
- The file in force is gone, or its folder is: an editor or a tool that synchronizes may put it back.
  No other file takes its place, as that in `/etc` might; nor does SIGHUP change that. Restart the
  agent to run without the file. A file that is looked for earlier takes over at once, since somebody
  has written it.
- The file, or a folder on the way to it, cannot be read. At a start this is an error.
- Nothing is left in the file, as after a write to a full disk. Restart the agent to run with the
  defaults.
- `ca_file` names a file that cannot be used.

A single setting that is taken out of the file has its default again within 2 seconds: that is what
somebody wanted who deleted its line. The log has a warning that names it.

| key | in INI files | default | accepted | meaning |
|---|---|---|---|---|
)";

constexpr std::string_view ending = R"(
To make this page anew after a change of the table:
`ninja -C build tests/unit/config/print_settings_docs && build/tests/unit/config/print_settings_docs > docs/settings.md`
)";

std::string code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string default_of(const Setting<Settings>& row) {
  const std::string text = setting_text(Settings(), row);
  if (text.empty()) return "none";
  return std::holds_alternative<std::string Settings::*>(row.member) ? code(text) : text;
}

std::string one_of(std::span<const std::string_view> choices) {
  std::string text;
  for (const auto choice : choices) (text += text.empty() || choice.empty() ? "" : ", ") += choice;
  return text;
}

std::string accepted_by(const Setting<Settings>& row) {
  if (std::holds_alternative<bool Settings::*>(row.member)) return "true, false";
  if (!row.choices.empty()) return one_of(row.choices);
  if (std::holds_alternative<std::vector<std::string> Settings::*>(row.member)) return "texts, with commas";
  if (!std::holds_alternative<std::int64_t Settings::*>(row.member)) return "text";
  return std::to_string(row.min) + " to " + std::to_string(row.max) + " " + std::string(row.unit);
}

}  // namespace

std::string settings_docs() {
  std::string text(introduction);
  for (const auto& row : settings_table()) {
    const std::string marks = std::string(row.needs_restart ? " ↻" : "") + (row.secret ? " 🔒" : "");
    text += "| " + code(row.key) + marks + " | " + code(row.ini) + " | " + default_of(row) + " | " + accepted_by(row) +
            " | " + std::string(row.help) + " |\n";
  }
  text += ending;
  return text;
}

}  // namespace activitytrack::test
