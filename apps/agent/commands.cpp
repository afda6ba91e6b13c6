#include "commands.hpp"

#include "config/settings_table.hpp"

#include <array>

namespace activitytrack::agent_app {
namespace {

const std::array command_table{
    Command{{.name = "run",
             .summary = "Collect, buffer and send until stopped",
             .detail =
                 "SIGTERM and SIGINT end it cleanly: what was collected is on disk, and is sent if the server answers\n"
                 "within 5 s. SIGHUP, or a change of the configuration file, puts the new configuration in force.\n"
                 "One agent runs for each buffer; a second one ends with exit code 75."},
            run_agent},
    Command{{.name = "status",
             .arguments = "[--json]",
             .summary = "Show what the running agent does, counts and has sent",
             .options = {"json"}},
            show_status},
    Command{{.name = "pause",
             .arguments = "[MINUTES]",
             .summary = "Stop collecting, for MINUTES or until resumed",
             .takes = {0, 1}},
            pause_agent},
    Command{{.name = "resume", .summary = "Collect again"}, resume_agent},
    Command{
        {.name = "doctor",
         .arguments = "[--json]",
         .summary = "Check display, clock, disk, server and more; say what to do",
         .detail =
             "One line for each check: ok, note (nothing is wrong), NOT OK with what to do, or not checked, because\n"
             "it depends on something that is wrong. The server is asked whether it takes this machine's\n"
             "credential, which counts as a use of that. The exit code is 0 if nothing is wrong, else 1. In JSON a\n"
             "check has name, ok, text, and state: ok, note, not_ok or not_checked.",
         .options = {"json"}},
        diagnose},
    Command{
        {.name = "enroll",
         .arguments = "URL TOKEN",
         .summary = "Trade an enrolment token for this machine's own credential",
         .detail =
             "Asks the server at URL (https://host[:port][/prefix]), and writes server_url and credential into the\n"
             "configuration file (of --config, else the one in use), which is made if it is missing, and is then for\n"
             "its owner only. A running agent takes them over by itself.\n"
             "An administrator makes tokens by: activitytrack-server enroll-token create",
         .takes = {2, 2}},
        enroll_machine},
    Command{{.name = "replay",
             .arguments = "TRACE... [--interval SEC] [--start TIME] [--machine-id ID]",
             .summary = "Run recorded input through the agent's counting, and print the events",
             .detail =
                 "A trace is CSV, gzipped or not, with the header t_us,kind,a,b. It runs in virtual time, as fast as\n"
                 "it can, and gives one event a line (JSON) on standard output for each interval from its first row\n"
                 "to its last, with input or without. The configuration file is not read. Each of several traces\n"
                 "starts anew, with its file's name without .csv or .csv.gz as machine_id.",
             .takes = {1, std::size_t(-1)},
             .options = {"interval", "start"}},
            replay_traces},
};

}  // namespace

std::span<const Command> commands() { return command_table; }

program::Program this_program() {
  return {.name = program_name,
          .purpose = "counts a person's activity at this computer, keeps it safe, and sends it on.",
          .settings_file = "config",
          .busy = "another agent runs",
          .commands = {command_table.begin(), command_table.end()},
          .options = program::program_options(settings_table()),
          .command_options = {
              {"json", "", "Print JSON."},
              {"interval", "SEC", "Length of an interval. From 1 to 3600. [60 s]"},
              {"start", "TIME", "When the traces begin, RFC 3339. [2024-01-15T00:00:00Z]"},
          }};
}

Result<Options> parse_options(const std::vector<std::string>& arguments) {
  const auto program = this_program();
  auto line = program::parse_command_line(program, arguments);
  if (!line) return line.error();
  auto answer = program::standard_answer(program, *line);
  if (!answer) return answer.error();
  Options options{.answer = std::move(*answer),
                  .command = program::find_command(commands(), line->words),
                  .arguments = {},
                  .settings = line->settings(setting_names(settings_table())),
                  .line = *line};
  if (!options.answer.empty()) return options;
  if (!options.command) return program::unknown_command(program, options.line.words);
  auto fitting = program::fitting_arguments(program, *options.command, options.line);
  if (!fitting) return fitting.error();
  options.arguments = std::move(*fitting);
  return options;
}

}  // namespace activitytrack::agent_app
