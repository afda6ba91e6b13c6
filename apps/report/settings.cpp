#include "settings.hpp"

#include "command.hpp"
#include "common/commands.hpp"
#include "common/program.hpp"
#include "core/csv.hpp"
#include "net/url.hpp"
#include "report/wall_clock.hpp"

#include <activitytrack/s3/s3_options.hpp>

#include <algorithm>
#include <array>

namespace activitytrack::report {
namespace {

Result<void> check_server(std::string_view text) {
  if (auto url = parse_url(text); !url) return url.error();
  return {};
}

Result<void> check_s3(std::string_view text) {
  S3Options unused;
  return text.empty() ? Result<void>() : set_s3_place(text, unused);
}

Result<void> check_endpoint(std::string_view text) { return text.empty() ? Result<void>() : check_server(text); }

Result<void> check_date(std::string_view text) {
  if (is_date_word(text) || parse_date(text)) return {};
  return Error{ErrorCode::invalid_input, "must be a date such as 2024-01-15 (1970 to 2199), or today or yesterday"};
}

Result<void> check_zone(std::string_view text) {
  if (auto zone = offset_in_zone(Time{}, std::string(text)); !zone) return zone.error();
  return {};
}

using S = ReportSettings;

/// A setting of the same name everywhere.
constexpr Setting<S> row(std::string_view key, std::string S::*member, std::string_view unit, std::string_view help,
                         Result<void> (*check)(std::string_view) = nullptr) {
  return {.key = key, .ini = key, .member = member, .unit = unit, .help = help, .check = check};
}

constexpr Setting<S> one_of(std::span<const std::string_view> choices, Setting<S> row) {
  row.choices = choices;
  return row;
}

constexpr std::array<std::string_view, 4> format_words{"table", "json", "csv", "html"};
constexpr std::array<std::string_view, 3> color_words{"auto", "always", "never"};

constexpr Setting<S> secret(Setting<S> row) {
  row.secret = true;
  return row;
}

const std::array settings_table{
    row("server", &S::server, "URL", "The server to ask.", check_server),
    secret(row("token", &S::token, "TOKEN",
               "The token to show it; better given as ACTIVITYTRACK_TOKEN or in the file, as other users of this "
               "machine can see a command line.")),
    row("ca_file", &S::ca_file, "FILE", "PEM file of the authorities to trust, in place of the system's."),
    row("buffer", &S::buffer, "FILE",
        "Read what this machine has not sent yet from the agent's buffer, instead of a server."),
    row("s3", &S::s3, "URL",
        "Read what agents uploaded without a server: s3://BUCKET/PREFIX. Credentials by the usual AWS environment, "
        "shared files or role.",
        check_s3),
    row("s3_endpoint", &S::s3_endpoint, "URL", "Of another service than AWS.", check_endpoint),
    row("s3_region", &S::s3_region, "REGION", "Where the bucket is."),
    Setting<S>{.key = "s3_path_style",
               .ini = "s3_path_style",
               .member = &S::s3_path_style,
               .unit = "",
               .help = "The bucket's name is in the path, and not in the host's name."},
    row("s3_profile", &S::s3_profile, "NAME", "Of the shared credentials file."),
    row("machine", &S::machine, "ID", "The machine; by default the only one there is."),
    row("date", &S::date, "DATE", "One day: 2024-01-15, today (the default) or yesterday, on the machine's own clock.",
        check_date),
    row("from", &S::from, "DATE", "The first of several days.", check_date),
    row("to", &S::to, "DATE", "The last of them, included; by default today.", check_date),
    row("tz", &S::tz, "ZONE", "Take days in this time zone (Europe/Berlin) instead of the machine's own.", check_zone),
    one_of(format_words,
           row("format", &S::format, "FORMAT", "table (the default), json (as the API gives it), csv or html.")),
    one_of(csv_text_names,
           row("csv", &S::csv, "FORM",
               "Text in CSV: escaped (the default: what a spreadsheet would take for a formula, such as a window's "
               "title that begins with =, gets an apostrophe before it), or raw (as it is, for other programs).")),
    row("output", &S::output, "FILE",
        "Write to this file instead of standard output; `open`: into this folder, or - for standard output."),
    row("key", &S::key, "FILE",
        "The private key that opens what is sealed; by default ~/.config/activity-tracker/screenshots.key."),
    one_of(color_words,
           row("color", &S::color, "WHEN", "auto (on a terminal, unless NO_COLOR is set), always or never.")),
    log_level_setting<S>(),
    log_format_setting<S>(),
};

constexpr std::array<program::Group, 5> groups{{
    {"Where from", {"server", "token", "ca_file", "buffer", "s3"}},
    {"Keys", {"key"}},
    {"Of what", {"machine", "date", "from", "to", "tz"}},
    {"Form", {"format", "csv", "output", "color"}},
    {"Log", {"log_"}},
}};

/// What each value by itself does not show.
Result<void> check_together(const ReportSettings& settings, const program::CommandLine& line) {
  const auto wrong = [](const std::string& what) { return Error{ErrorCode::invalid_input, what}; };
  if (!settings.buffer.empty() && !settings.s3.empty()) return wrong("give --buffer or --s3, but not both");
  for (const auto& [name, values] : line.options)
    if (name.starts_with("s3-") && settings.s3.empty()) return wrong("option --" + name + " is only for --s3");
  return check_dates(settings);
}

}  // namespace

std::span<const Setting<ReportSettings>> report_settings_table() { return settings_table; }

program::Program this_program() {
  return {.name = program_name,
          .purpose = "shows what machines' activity was.",
          .settings_file = "report",
          .busy = "",
          .commands = {commands().begin(), commands().end()},
          .options = program::standard_options(),
          .command_options = program::setting_options(report_settings_table(), groups),
          .has_default = false,
          .shows_command_options = true};
}

Result<Invocation> read_invocation(const std::vector<std::string>& arguments) {
  const auto program = this_program();
  const auto line = program::parse_command_line(program, arguments);
  if (!line) return line.error();
  auto answer = program::standard_answer(program, *line);
  if (!answer) return answer.error();
  if (!answer->empty()) return Invocation{{}, {}, std::move(*answer)};
  const CommandSpec* command = line->words.empty() ? nullptr : find_command(line->words[0]);
  if (!command) return program::unknown_command(program, line->words);
  auto files = program::fitting_arguments(program, *command, *line);
  if (!files) return files.error();
  const auto table = report_settings_table();
  auto settings = load_settings(table, line->settings_file("report"), line->settings(setting_names(table)));
  if (!settings) return settings.error();
  if (const auto fits = check_together(*settings, *line); !fits)
    return program::usage_error(std::string(program_name) + " " + line->words[0], fits.error().message);
  return Invocation{line->words[0], std::move(*settings), {}, std::move(*files)};
}

}  // namespace activitytrack::report
