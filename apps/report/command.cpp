#include "command.hpp"

#include "common/program.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>

namespace activitytrack::report {
namespace {

constexpr int most_days = 1100;  // three years: a report that a person can still read

Error wrong(const char* what) { return {ErrorCode::invalid_input, what}; }

Result<Date> resolve(const std::string& text, Date today) {
  if (text.empty() || text == "today") return today;
  if (text == "yesterday") return Date(std::chrono::sys_days(today) - std::chrono::days(1));
  return parse_date(text);
}

using enum program::ExitCode;

constexpr std::array all_formats{Format::table, Format::json, Format::csv, Format::html};
constexpr std::array export_formats{Format::csv, Format::json};

constexpr std::array<std::string_view, 4> format_names{"table", "json", "csv", "html"};  // as of Format

constexpr std::array command_table{
    CommandSpec{"summary", "What a day, or each of several, adds up to", run_summary, all_formats},
    CommandSpec{"timeline", "A day, hour by hour", run_timeline, all_formats},
    CommandSpec{"apps", "The applications, the most used first", run_apps, all_formats},
    CommandSpec{"events", "Each interval that was recorded", run_events, all_formats},
    CommandSpec{"machines", "The machines that are known", run_machines, all_formats, false},
    CommandSpec{"export", "Events with all their fields, for other programs (csv or json)", run_export, export_formats},
};

constexpr std::array tool_table{
    ToolSpec{"keygen", "", "Make a private key, and the public key to seal screenshots for", run_keygen},
    ToolSpec{"open", "FILE...", "Open what was sealed for your key, beside it or into --output DIR", run_open},
};

const auto* find(const auto& specs, std::string_view name) {
  const auto found = std::ranges::find_if(specs, [&](const auto& spec) { return spec.name == name; });
  return found == specs.end() ? nullptr : &*found;
}

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

std::string why_empty(const ReportSettings& settings) {
  if (!settings.buffer.empty()) return "no unsent events in " + settings.buffer + "; ask the server instead";
  if (!settings.s3.empty()) return "no events below " + settings.s3 + "; is it the agents' bucket and prefix?";
  return "no machine has sent anything to the server yet";
}

Step<Machine> choose_machine(Source& source, const ReportSettings& settings) {
  const auto machines = source.machines();
  if (!machines) return Failure{exit_failed, machines.error().message};
  const auto& list = machines->list;
  if (list.empty()) return Failure{exit_failed, why_empty(settings)};
  if (settings.machine.empty()) {
    if (list.size() == 1) return list[0];
    return Failure{exit_usage, "several machines are known; choose one with --machine: " + listed(list)};
  }
  const auto found = std::ranges::find(list, settings.machine, &Machine::machine_id);
  if (found != list.end()) return *found;
  return Failure{exit_failed, "no machine '" + settings.machine + "'; there is: " + listed(list)};
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
  Request request{{{}, {}, settings.tz}, source, *format, look, out};
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
  if (const auto done = find_command(invocation.command)->run(*request); !done)
    return Failure{exit_failed, done.error().message};
  if (out.flush()) return {};
  const std::string& file = invocation.settings.output;
  return Failure{exit_failed, "cannot write to " + (file.empty() ? "standard output" : file) + ": is the disk full?"};
}

}  // namespace

bool is_date_word(std::string_view text) { return text == "today" || text == "yesterday"; }

Result<Dates> resolve_dates(const ReportSettings& settings, Date today) {
  const bool several = !settings.from.empty() || !settings.to.empty();
  if (several && !settings.date.empty()) return wrong("give --date, or --from and --to, but not both");
  if (settings.from.empty() && !settings.to.empty()) return wrong("--to needs --from: the first day");
  const auto first = resolve(several ? settings.from : settings.date, today);
  if (!first) return first.error();
  const auto last = several ? resolve(settings.to, today) : first;
  if (!last) return last.error();
  const auto days = std::chrono::sys_days(*last) - std::chrono::sys_days(*first);
  if (days.count() < 0) return wrong("--from is after --to");
  if (days.count() >= most_days) return wrong("more than 1100 days; ask for them in parts");
  return Dates{*first, *last};
}

std::span<const ToolSpec> tools() { return tool_table; }

std::span<const CommandSpec> commands() { return command_table; }

const ToolSpec* find_tool(std::string_view name) { return find(tool_table, name); }

const CommandSpec* find_command(std::string_view name) { return find(command_table, name); }

std::string command_names() {
  std::string names;
  for (const CommandSpec& command : command_table) names.append(names.empty() ? "" : ", ").append(command.name);
  for (const ToolSpec& tool : tool_table) names.append(", ").append(tool.name);
  return names;
}

int run_command(const Invocation& invocation, Source& source, Clock& clock, Look look, std::ostream& out,
                std::ostream& err) {
  const auto done = run(invocation, source, clock, look, out);
  if (done) return exit_done;
  err << program::complaint(program_name, printable(done.error().message, true));
  return done.error().status;
}

}  // namespace activitytrack::report
