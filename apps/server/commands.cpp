#include "commands.hpp"

#include <array>

namespace activitytrack::server {
namespace {

const std::array command_table{
    Command{{.name = "serve",
             .summary = "Take events, keep them, answer for them",
             .detail = "SIGTERM and SIGINT end it with nothing lost; SIGHUP has it read its configuration again."},
            run_server},
    Command{{.name = "enroll-token create",
             .arguments = "[--uses N] [--expires 24h] [--label TEXT] [--replace]",
             .summary = "Print a token that agents enrol with, once",
             .detail = "An agent trades it for a credential of its own: activitytrack-agent enroll URL TOKEN. It is "
                       "good\nfor one machine and a day, unless told otherwise, and shown this once.",
             .options = {"uses", "expires", "label", "replace", "json"}},
            create_enrolment_token},
    Command{{.name = "enroll-token list",
             .arguments = "[--json]",
             .summary = "Show enrolment tokens, and how often each may still be used",
             .options = {"json"}},
            list_enrolment_tokens},
    Command{{.name = "enroll-token revoke",
             .arguments = "ID",
             .summary = "End an enrolment token; machines that it enrolled stay",
             .takes = {1, 1}},
            revoke_enrolment_token},
    Command{{.name = "user add",
             .arguments = "NAME --role ROLE [--machine ID]...",
             .summary = "Let a person sign in",
             .detail = "The password, of at least 10 characters, is asked for; where standard input is no terminal, it "
                       "is its\nfirst line. A machine may be given before it is enrolled.\n"
                       "admin: everything. manager: reads the machines given, and configures these. viewer: reads\n"
                       "these. self: reads their own machine, and may ask for its export and its erasure. monitor: a\n"
                       "program that reads /metrics by a token (token create), and has no password.",
             .takes = {1, 1},
             .options = {"role", "machine"}},
            add_user},
    Command{{.name = "user list",
             .arguments = "[--json]",
             .summary = "Show people, their roles and their machines",
             .options = {"json"}},
            list_users},
    Command{{.name = "user remove",
             .arguments = "NAME",
             .summary = "Remove a person, with their sessions, their tokens and those that they made",
             .takes = {1, 1}},
            remove_user},
    Command{{.name = "user passwd",
             .arguments = "NAME [--keep-tokens]",
             .summary = "Set a person's password, and end their sessions and tokens",
             .detail = "The password, of at least 10 characters, is asked for; where standard input is no terminal, it "
                       "is its\nfirst line. Tokens that they made for others and for machines end with their own.",
             .takes = {1, 1},
             .options = {"keep-tokens"}},
            change_password},
    Command{{.name = "user sessions",
             .arguments = "NAME [--json]",
             .summary = "Show where a person is signed in",
             .takes = {1, 1},
             .options = {"json"}},
            list_sessions},
    Command{{.name = "user sign-out",
             .arguments = "NAME",
             .summary = "End a person's sessions; their tokens stay",
             .takes = {1, 1}},
            sign_out_user},
    Command{{.name = "user reset-second-factor",
             .arguments = "NAME",
             .summary = "End a person's second factor, with its recovery codes",
             .detail = "For who lost both. They sign in by password alone, and set up another one.",
             .takes = {1, 1}},
            reset_user_factor},
    Command{{.name = "token create",
             .arguments = "USER [--label TEXT] [--expires 90d] [--write]",
             .summary = "Print a token by which a program reads what USER may read",
             .detail = "It is shown this once. Give it to activitytrack-report as ACTIVITYTRACK_TOKEN.",
             .takes = {1, 1},
             .options = {"expires", "label", "write", "json"}},
            create_token},
    Command{{.name = "token list", .arguments = "[--json]", .summary = "Show people's tokens", .options = {"json"}},
            list_tokens},
    Command{{.name = "token revoke", .arguments = "ID", .summary = "End a person's token", .takes = {1, 1}},
            revoke_token},
    Command{{.name = "machine list",
             .arguments = "[--json]",
             .summary = "Show the machines that have credentials",
             .options = {"json"}},
            list_machines},
    Command{
        {.name = "machine revoke",
         .arguments = "ID",
         .summary = "End a machine's credentials; nothing more of it is stored",
         .detail = "It holds at once, on every server of the database. Its data stay. To let the machine in again,\n"
                   "enrol it with a token that was made with --replace.",
         .takes = {1, 1}},
        revoke_machine},
    Command{{.name = "config show",
             .arguments = "[SCOPE]",
             .summary = "Show what agents are to do: all of it, or what one scope says",
             .detail = "SCOPE is defaults, group/NAME or machine/ID; of a machine it is what its agent is sent.",
             .takes = {0, 1}},
            show_configuration},
    Command{
        {.name = "config set",
         .arguments = "SCOPE KEY=VALUE... [--rollout] [--wave-time TIME] [--note TEXT] [--yes]",
         .summary = "Set agents' settings; show what that changes, and ask before",
         .detail = "SCOPE is defaults, group/NAME, which is made if it is not there, or machine/ID. KEY= takes the\n"
                   "value away from the scope. What agents may be set is in docs/configuration.md.",
         .takes = {2, 1000},
         .options = {"rollout", "wave-time", "note", "yes"}},
        set_configuration},
    Command{{.name = "config group",
             .arguments = "MACHINE [GROUP]... [--note TEXT]",
             .summary = "Put a machine into these groups, and into no others",
             .takes = {1, 1000},
             .options = {"note"}},
            group_machine},
    Command{{.name = "config history", .summary = "Show who changed what of the configuration, the newest first"},
            show_history},
    Command{{.name = "config rollback",
             .arguments = "VERSION [--rollout] [--wave-time TIME] [--note TEXT] [--yes]",
             .summary = "Take the configuration back to a version, by a new one",
             .takes = {1, 1},
             .options = {"rollout", "wave-time", "note", "yes"}},
            roll_back_configuration},
    Command{{.name = "config rollout",
             .arguments = "[continue|hold|abandon] [--note TEXT]",
             .summary = "Show how far a version has come that goes out in waves; go on, hold it, or take it back",
             .detail = "continue begins the next wave now, and passes over what has failed so far; abandon makes a "
                       "version\nthat takes back what it changed.",
             .takes = {0, 1},
             .options = {"note"}},
            show_or_change_rollout},
    Command{{.name = "config states",
             .summary = "Show which machines have their configuration in force, and why others do not"},
            show_configuration_states},
    Command{{.name = "backup",
             .arguments = "FILE",
             .summary = "Write the database, checked, to a file, while the server goes on",
             .takes = {1, 1}},
            back_up_database},
    Command{
        {.name = "restore",
         .arguments = "FILE",
         .summary = "Put a backup in the place of the database",
         .detail = "The server must be stopped. The database that was there stays beside it. What was revoked after "
                   "the\nbackup is good again: revoke it anew.",
         .takes = {1, 1}},
        restore_database},
    Command{
        {.name = "check",
         .summary = "Check that the database is whole, and its hours and screenshots with it",
         .detail = "Hours are compared with their events, screenshots with their files. Ends with 1 if something is\n"
                   "damaged."},
        check_database},
    Command{{.name = "rebuild-hours",
             .arguments = "[MACHINE]...",
             .summary = "Add hours up anew from the events, of all machines or of some",
             .takes = {0, 1000}},
            rebuild_hours},
    Command{{.name = "erase",
             .arguments = "MACHINE [--yes]",
             .summary = "Remove all that is kept of a machine",
             .detail = "Its events, hours, screenshots, label and credentials. The audit log keeps that it happened.\n"
                       "It says how much that is and asks at the terminal, as it cannot be undone.",
             .takes = {1, 1},
             .options = {"yes"}},
            erase_machine},
    Command{{.name = "export",
             .arguments = "MACHINE [FILE]",
             .summary = "Write all that is kept of a machine, as JSON Lines",
             .takes = {1, 2}},
            export_machine},
    Command{
        {.name = "import",
         .arguments = "PATH|s3://BUCKET/PREFIX... [--key FILE]",
         .summary = "Take in events from files, each event once",
         .detail = "Files of JSON Lines, an event each, packed by zstd (.jsonl.zst) and sealed (.sealed) or not; of "
                   "folders\nand buckets all that are named so: as agents upload them to S3. It may run beside the "
                   "server, and be\nrun again. Ends with 1 if something was rejected or could not be read.",
         .takes = {1, 1000},
         .options = {"key"}},
        import_events},
    Command{{.name = "demo",
             .arguments = "[--fleet N] [--days N] [--events-sec N] [--follow] | --remove",
             .summary = "Fill the database with made-up machines, to look at",
             .detail =
                 "A fortnight of days as people have them, up to now, marked as made up, with groups, settings and\n"
                 "screenshots; and people who may sign in, with a password that is printed. What an earlier demo made\n"
                 "goes first. It may run beside the server. --follow goes on until it is interrupted.",
             .options = {"fleet", "days", "events-sec", "seed", "follow", "remove", "yes"}},
            run_demo},
};

constexpr std::array<program::Group, 7> groups{{
    {"Where", {"listen", "metrics_listen", "public_url", "database", "data_dir", "trusted_proxy", "insecure_listen"}},
    {"Who", {"auth"}},
    {"TLS", {"tls_", "hsts_"}},
    {"Keep", {"retention_", "hours_", "audit_"}},
    {"Screenshots", {"screenshots", "max_screenshot", "s3_"}},
    {"Limits", {"max_", "header_", "body_", "write_", "idle_"}},
    {"Log", {"log_", "access_log"}},
}};

void complete(ServerSettings& settings) {
  if (settings.data_dir.empty()) settings.data_dir = default_data_dir();
  if (settings.screenshots.empty()) settings.screenshots = "file:" + settings.data_dir + "/screenshots";
  if (settings.database.empty()) settings.database = "sqlite:" + settings.data_dir + "/server.db";
}

}  // namespace

program::Program this_program() {
  return {.name = program_name,
          .purpose = "takes events from agents, keeps them, and answers for them.",
          .settings_file = "server",
          .busy = "another server runs",
          .commands = {command_table.begin(), command_table.end()},
          .options = program::program_options(server_settings_table(), groups),
          .command_options = {
              {"json", "", "Print JSON."},
              {"uses", "N", "How many machines may enrol with it. [1]"},
              {"expires", "TIME", "How long it is good: 90m, 24h, 30d. [24h to enrol, 90d for a person's token]"},
              {"label", "TEXT", "What it is for."},
              {"replace", "", "Also for machines that are enrolled already; their old credentials end."},
              {"role", "ROLE", "admin, manager, viewer, self or monitor."},
              {"machine", "ID", "A machine that is given to them. May be given again.", "Options", true},
              {"key", "FILE", "The private key that opens what is sealed (activitytrack-report keygen)."},
              {"note", "TEXT", "Why, for the history."},
              {"rollout", "", "In waves: a machine or two, a tenth, all; held if more than 2 % fail."},
              {"wave-time", "TIME", "How long each wave lasts, from 10s to 24h. [10m]"},
              {"yes", "", "Do it without asking."},
              {"keep-tokens", "", "Their tokens stay good."},
              {"fleet", "N", "How many machines are made up: 1 to 20000. [12]"},
              {"days", "N", "How many days they have, up to now: 1 to 400. [14]"},
              {"events-sec", "N", "How long each event is: 1, 2, 5, 10, 15, 30, 60, 300 or 600. [60]"},
              {"seed", "N", "Another number makes other days. [1]"},
              {"follow", "", "Go on adding what happens, until it is interrupted."},
              {"remove", "", "Take away all that demos made."},
              {"write", "", "The token may change what its person may change; without it, it only reads."},
          }};
}

Result<Options> read_options(const std::vector<std::string>& arguments) {
  const auto program = this_program();
  auto line = program::parse_command_line(program, arguments);
  if (!line) return line.error();
  auto answer = program::standard_answer(program, *line);
  if (!answer) return answer.error();
  if (!answer->empty()) return Options{.answer = std::move(*answer)};
  const Command* command = program::find_command<Command>(command_table, line->words);
  if (!command) return program::unknown_command(program, line->words);
  auto fitting = program::fitting_arguments(program, *command, *line);
  if (!fitting) return fitting.error();
  const auto table = server_settings_table();
  auto settings = load_settings(table, line->settings_file("server"), line->settings(setting_names(table)));
  if (!settings) return settings.error();
  const bool is_default_place = settings->data_dir.empty() && settings->database.empty();
  complete(*settings);
  if (auto fits = check_together(*settings); !fits) return fits.error();
  return Options{.answer = "",
                 .settings = std::move(*settings),
                 .is_default_place = is_default_place,
                 .command = command,
                 .arguments = std::move(*fitting),
                 .line = std::move(*line),
                 .all = arguments};
}

}  // namespace activitytrack::server
