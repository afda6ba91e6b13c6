#include "command.hpp"

#include "common/near_miss.hpp"
#include "common/program.hpp"
#include "core/text.hpp"
#include "report/wall_clock.hpp"

#include <algorithm>
#include <array>

namespace activitytrack::report {
namespace {

constexpr int most_days = 1100;  // three years: a report that a person can still read

Error wrong(const char* what) { return {ErrorCode::invalid_input, what}; }

/// That the days can be a range.
Result<Dates> range_of(Date first, Date last) {
  const auto days = std::chrono::sys_days(last) - std::chrono::sys_days(first);
  if (days.count() < 0) return wrong("--from is after --to");
  if (days.count() >= most_days) return wrong("more than 1100 days; ask for them in parts");
  return Dates{first, last};
}

Result<Date> resolve(const std::string& text, Date today) {
  if (text.empty() || text == "today") return today;
  if (text == "yesterday") return Date(std::chrono::sys_days(today) - std::chrono::days(1));
  return parse_date(text);
}

using enum program::ExitCode;

constexpr std::array export_formats{Format::csv, Format::json};

constexpr std::array<std::string_view, 4> format_names{"table", "json", "csv", "html"};  // as of Format

using Names = std::vector<std::string_view>;

const Names of_source{"server",    "token",         "ca-file",    "buffer", "s3",        "s3-endpoint",
                      "s3-region", "s3-path-style", "s3-profile", "key",    "log-level", "log-format"};
const Names of_machine{"machine", "date", "from", "to", "tz"};
const Names of_form{"format", "csv", "output", "color"};

Names operator+(Names names, const Names& more) {
  names.insert(names.end(), more.begin(), more.end());
  return names;
}

constexpr const char* csv_note =
    "In CSV a text that a spreadsheet would take for a formula, such as a window's title that begins with =, gets an "
    "apostrophe before it; for other programs, --csv raw leaves it as it is.";

const std::array command_table{
    CommandSpec{{.name = "summary",
                 .summary = "What a day, or each of several, adds up to",
                 .example = "activitytrack-report summary --machine laptop --date yesterday",
                 .options = of_source + of_machine + of_form},
                run_summary},
    CommandSpec{{.name = "timeline",
                 .summary = "A day, hour by hour",
                 .example = "activitytrack-report timeline --from 2024-01-15 --to 2024-01-19 --format csv",
                 .options = of_source + of_machine + of_form},
                run_timeline},
    CommandSpec{{.name = "apps",
                 .summary = "The applications, the most used first",
                 .example = "activitytrack-report apps --from 2024-01-01 --to 2024-01-31",
                 .options = of_source + of_machine + of_form},
                run_apps},
    CommandSpec{{.name = "events",
                 .summary = "Each interval that was recorded",
                 .detail = csv_note,
                 .example = "activitytrack-report events --date today --format html --output today.html",
                 .options = of_source + of_machine + of_form},
                run_events},
    CommandSpec{{.name = "machines",
                 .summary = "The machines that are known",
                 .example = "activitytrack-report machines --server https://activity.example.com",
                 .options = of_source + of_form},
                run_machines,
                nullptr,
                all_formats,
                false},
    CommandSpec{{.name = "export",
                 .summary = "Events with all their fields, for other programs (csv or json)",
                 .detail = csv_note,
                 .example = "activitytrack-report export --from 2024-01-01 --to 2024-12-31 --output 2024.csv",
                 .options = of_source + of_machine + of_form},
                run_export,
                nullptr,
                export_formats},
    CommandSpec{{.name = "keygen",
                 .summary = "Make a private key, and the public key to seal screenshots for",
                 .detail = "It needs no server. A key that is there is never overwritten.",
                 .example = "activitytrack-report keygen --output ~/screenshots.key",
                 .options = {"output"}},
                nullptr,
                run_keygen},
    CommandSpec{{.name = "open",
                 .arguments = "FILE...",
                 .summary = "Open what was sealed for your key, beside it or into --output DIR",
                 .detail = "It needs no server. The FILE - is standard input, and is opened to standard output.",
                 .example = "activitytrack-report open --output pictures *.jpg.sealed",
                 .takes = {1, std::size_t(-1)},
                 .options = {"output", "key"}},
                nullptr,
                run_open},
};

/// Why a command did not end well, and the exit status that says so.
struct Failure {
  int status;
  std::string message;
};

template <class T>
using Step = Result<T, Failure>;

std::string listed(const std::vector<Machine>& machines) {
  constexpr std::size_t most = 20;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, machines.size()); ++i) text += (i ? ", " : "") + machines[i].machine_id;
  return machines.size() > most ? text + ", ..." : text;
}

std::string why_empty(const ReportSettings& settings, const Machines& machines) {
  if (!settings.buffer.empty()) return "no unsent events in " + settings.buffer + "; ask the server instead";
  if (!settings.s3.empty()) return "no events below " + settings.s3 + "; is it the agents' bucket and prefix?";
  return machines.why_none;
}

std::string no_such_machine(const ReportSettings& settings, const std::vector<Machine>& list) {
  std::vector<std::string> ids;
  for (const Machine& machine : list) ids.push_back(machine.machine_id);
  const bool of_server = settings.buffer.empty() && settings.s3.empty();
  return "no machine '" + settings.machine + "'" + (of_server ? " that you may read" : "") +
         program::did_you_mean(settings.machine, ids) + "; there is: " + listed(list);
}

Step<Machine> choose_machine(Source& source, const ReportSettings& settings) {
  const auto machines = source.machines();
  if (!machines) return Failure{exit_failed, machines.error().message};
  const auto& list = machines->list;
  if (list.empty()) return Failure{exit_failed, why_empty(settings, *machines)};
  if (settings.machine.empty()) {
    if (list.size() == 1) return list[0];
    return Failure{exit_usage, "several machines are known; choose one with --machine: " + listed(list)};
  }
  const auto found = std::ranges::find(list, settings.machine, &Machine::machine_id);
  if (found != list.end()) return *found;
  return Failure{exit_failed, no_such_machine(settings, list)};
}

Date today(const Machine& machine, const ReportSettings& settings, Clock& clock) {
  const std::string& zone = settings.tz.empty() ? machine.timezone : settings.tz;
  // The machine may know a zone that this host does not.
  return today_in_zone(clock.now(), zone).value_or(date_at(clock.now(), 0));
}

Step<Format> choose_format(const CommandSpec& command, const std::string& asked) {
  if (asked.empty()) return command.formats.front();
  const Format format = *parse_enum<Format>(format_names, asked);  // the setting was checked
  if (std::ranges::find(command.formats, format) != command.formats.end()) return format;
  return Failure{exit_usage, std::string(command.name) + " gives no " + asked +
                                 ": use --format csv or --format json, or the command `events` for people"};
}

Step<Request> prepare(const Invocation& invocation, Source& source, Clock& clock, Look look, std::ostream& out) {
  const ReportSettings& settings = invocation.settings;
  const CommandSpec& command = *find_command(invocation.command);
  const auto format = choose_format(command, settings.format);
  if (!format) return format.error();
  const auto csv = *parse_enum<CsvText>(csv_text_names, settings.csv);  // the setting was checked
  Request request{{{}, {}, settings.tz}, source, *format, csv, look, out};
  if (!command.of_a_machine) return request;
  auto machine = choose_machine(source, settings);
  if (!machine) return machine.error();
  const auto dates = resolve_dates(settings, today(*machine, settings, clock));
  if (!dates) return Failure{exit_usage, dates.error().message};
  request.machine = std::move(*machine);
  request.dates = *dates;
  return request;
}

Step<void> run(const Invocation& invocation, Source& source, Clock& clock, Look look, std::ostream& out) {
  const auto request = prepare(invocation, source, clock, look, out);
  if (!request) return request.error();
  const auto done = find_command(invocation.command)->show(*request);
  // What went wrong with the output is reported by who opened it.
  if (!done && out) return Failure{exit_failed, done.error().message};
  return {};
}

}  // namespace

bool is_date_word(std::string_view text) { return text == "today" || text == "yesterday"; }

Result<void> check_dates(const ReportSettings& settings) {
  const bool several = !settings.from.empty() || !settings.to.empty();
  if (several && !settings.date.empty()) return wrong("give --date, or --from and --to, but not both");
  if (settings.from.empty() && !settings.to.empty()) return wrong("--to needs --from: the first day");
  // What today is, only the machine knows.
  const auto first = parse_date(settings.from), last = parse_date(settings.to);
  if (!first || !last) return {};
  if (const auto range = range_of(*first, *last); !range) return range.error();
  return {};
}

Result<Dates> resolve_dates(const ReportSettings& settings, Date today) {
  const bool several = !settings.from.empty();
  const auto first = resolve(several ? settings.from : settings.date, today);
  if (!first) return first.error();
  const auto last = several ? resolve(settings.to, today) : first;
  if (!last) return last.error();
  return range_of(*first, *last);
}

std::span<const CommandSpec> commands() { return command_table; }

const CommandSpec* find_command(std::string_view name) {
  const auto found = std::ranges::find(command_table, name, &CommandSpec::name);
  return found == command_table.end() ? nullptr : &*found;
}

int run_command(const Invocation& invocation, Source& source, Clock& clock, Look look, std::ostream& out,
                std::ostream& err) {
  const auto done = run(invocation, source, clock, look, out);
  if (done) return exit_done;
  err << program::complaint(program_name, printable(done.error().message, true));
  return done.error().status;
}

}  // namespace activitytrack::report
