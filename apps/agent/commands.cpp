#include "command.hpp"

#include <algorithm>
#include <array>

namespace activitytrack::agent_app {

namespace {

constexpr std::array<std::string_view, 1> json_only{"json"};
constexpr std::array<std::string_view, 2> replay_options{"interval", "start"};

const std::array<Command, 7> table{{
    {.name = "run",
     .arguments = "",
     .summary = "Collect, buffer and send until stopped",
     .detail = "SIGTERM and SIGINT end it cleanly: what was collected is on disk, and is sent if the server "
               "answers\n"
               "within 5 s. SIGHUP, or a change of the configuration file, puts the new configuration in force.\n"
               "One agent runs for each buffer; a second one ends with exit code 75.",
     .run = run_agent},
    {.name = "status",
     .arguments = "[--json]",
     .summary = "Show what the running agent does, counts and has sent",
     .detail = "",
     .options = json_only,
     .run = show_status},
    {.name = "pause",
     .arguments = "[MINUTES]",
     .summary = "Stop collecting, for MINUTES or until resumed",
     .detail = "",
     .max_arguments = 1,
     .run = pause_agent},
    {.name = "resume", .arguments = "", .summary = "Collect again", .detail = "", .run = resume_agent},
    {.name = "doctor",
     .arguments = "[--json]",
     .summary = "Check display, clock, disk, server and more; say what to do",
     .detail = "One line for each check. The exit code is 0 if nothing is wrong, else 1.",
     .options = json_only,
     .run = diagnose},
    {.name = "enroll",
     .arguments = "URL TOKEN",
     .summary = "Trade an enrolment token for this machine's own credential",
     .detail = "Asks the server at URL (https://host[:port][/prefix]), and writes server_url and credential into "
               "the\n"
               "configuration file, which is then for its owner alone. A running agent takes them over by itself.\n"
               "An administrator makes tokens by: activitytrack-server enroll-token create",
     .min_arguments = 2,
     .max_arguments = 2,
     .run = enroll_machine},
    {.name = "replay",
     .arguments = "TRACE... [--interval SEC] [--start TIME] [--machine-id ID]",
     .summary = "Run recorded input through the agent's counting, and print the events",
     .detail = "A trace is CSV, gzipped or not, with the header t_us,kind,a,b. It runs in virtual time, as fast "
               "as\n"
               "it can, and gives one event a line (JSON) on standard output for each interval from its first row\n"
               "to its last, with input or without. The configuration file is not read. Each of several traces\n"
               "starts anew, with its file's name without .csv or .csv.gz as machine_id.",
     .min_arguments = 1,
     .max_arguments = std::size_t(-1),
     .options = replay_options,
     .run = replay_traces},
}};

}  // namespace

std::span<const Command> commands() { return table; }

const Command* find_command(std::string_view name) {
  auto found = std::ranges::find(table, name, &Command::name);
  return found == table.end() ? nullptr : &*found;
}

}  // namespace activitytrack::agent_app
