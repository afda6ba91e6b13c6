#include "commands.hpp"

#include <algorithm>
#include <array>

namespace activitytrack::server {
namespace {

const std::array table{
    Command{.name = "serve",
            .arguments = "",
            .summary = "Take events, keep them, answer for them",
            .detail = "SIGTERM and SIGINT end it with nothing lost; SIGHUP has it read its configuration again.",
            .run = run_server},
    Command{.name = "enroll-token create",
            .arguments = "[--uses N] [--expires 24h] [--label TEXT] [--replace]",
            .summary = "Print a token that agents enrol with, once",
            .detail = "An agent trades it for a credential of its own: activitytrack-agent enroll URL TOKEN. It is "
                      "good\nfor one machine and a day, unless told otherwise, and shown this once.",
            .options = {"uses", "expires", "label", "replace", "json"},
            .run = create_enrolment_token},
    Command{.name = "enroll-token list",
            .arguments = "[--json]",
            .summary = "Show enrolment tokens, and how often each may still be used",
            .options = {"json"},
            .run = list_enrolment_tokens},
    Command{.name = "enroll-token revoke",
            .arguments = "ID",
            .summary = "End an enrolment token; machines that it enrolled stay",
            .takes = {1, 1},
            .run = revoke_enrolment_token},
    Command{.name = "user add",
            .arguments = "NAME --role ROLE [--machine ID]...",
            .summary = "Let a person sign in",
            .detail = "The password is asked for; where standard input is no terminal, it is its first line.\n"
                      "admin: everything. manager: reads the machines given, and configures these. viewer: reads\n"
                      "these. self: reads their own machine, and may ask for its export and its erasure.",
            .takes = {1, 1},
            .options = {"role", "machine"},
            .run = add_user},
    Command{.name = "user list",
            .arguments = "[--json]",
            .summary = "Show people, their roles and their machines",
            .options = {"json"},
            .run = list_users},
    Command{.name = "user remove",
            .arguments = "NAME",
            .summary = "Remove a person, with their sessions and tokens",
            .takes = {1, 1},
            .run = remove_user},
    Command{.name = "user passwd",
            .arguments = "NAME",
            .summary = "Set a person's password, and end their sessions",
            .detail = "The password is asked for; where standard input is no terminal, it is its first line.",
            .takes = {1, 1},
            .run = change_password},
    Command{.name = "token create",
            .arguments = "USER [--label TEXT] [--expires 90d] [--write]",
            .summary = "Print a token by which a program reads what USER may read",
            .detail = "It is shown this once. Give it to activitytrack-report as ACTIVITYTRACK_TOKEN.",
            .takes = {1, 1},
            .options = {"expires", "label", "write", "json"},
            .run = create_token},
    Command{.name = "token list",
            .arguments = "[--json]",
            .summary = "Show people's tokens",
            .options = {"json"},
            .run = list_tokens},
    Command{.name = "token revoke",
            .arguments = "ID",
            .summary = "End a person's token",
            .takes = {1, 1},
            .run = revoke_token},
    Command{.name = "machine list",
            .arguments = "[--json]",
            .summary = "Show the machines that have credentials",
            .options = {"json"},
            .run = list_machines},
    Command{.name = "machine revoke",
            .arguments = "ID",
            .summary = "End a machine's credentials; nothing more of it is stored",
            .detail = "It holds at once, on every server of the database. Its data stay. To let the machine in again,\n"
                      "enrol it with a token that was made with --replace.",
            .takes = {1, 1},
            .run = revoke_machine},
    Command{.name = "backup",
            .arguments = "FILE",
            .summary = "Write the database, checked, to a file, while the server goes on",
            .takes = {1, 1},
            .run = back_up_database},
    Command{.name = "restore",
            .arguments = "FILE",
            .summary = "Put a backup in the place of the database",
            .detail = "The server must be stopped. The database that was there stays beside it. What was revoked after "
                      "the\nbackup is good again: revoke it anew.",
            .takes = {1, 1},
            .run = restore_database},
    Command{.name = "check",
            .arguments = "",
            .summary = "Check that the database is whole, and its hours and screenshots with it",
            .detail =
                "Hours are compared with their events, screenshots with their files. Ends with 1 if something is\n"
                "damaged.",
            .run = check_database},
    Command{.name = "rebuild-hours",
            .arguments = "[MACHINE]...",
            .summary = "Add hours up anew from the events, of all machines or of some",
            .takes = {0, 1000},
            .run = rebuild_hours},
    Command{.name = "erase",
            .arguments = "MACHINE",
            .summary = "Remove all that is kept of a machine",
            .detail = "Its events, hours, screenshots, label and credentials. The audit log keeps that it happened.",
            .takes = {1, 1},
            .run = erase_machine},
    Command{.name = "export",
            .arguments = "MACHINE [FILE]",
            .summary = "Write all that is kept of a machine, as JSON Lines",
            .takes = {1, 2},
            .run = export_machine},
    Command{.name = "import",
            .arguments = "PATH|s3://BUCKET/PREFIX... [--key FILE]",
            .summary = "Take in events from files, each event once",
            .detail = "Files of JSON Lines, an event each, packed by zstd (.jsonl.zst) and sealed (.sealed) or not; of "
                      "folders\nand buckets all that are named so: as agents upload them to S3. It may run beside the "
                      "server, and be\nrun again. Ends with 1 if something was rejected or could not be read.",
            .takes = {1, 1000},
            .options = {"key"},
            .run = import_events},
};

bool begins_with(std::span<const std::string> words, std::string_view name) {
  const auto space = name.find(' ');
  if (words.empty() || words[0] != name.substr(0, space)) return false;
  return space == std::string_view::npos || (words.size() > 1 && words[1] == name.substr(space + 1));
}

}  // namespace

std::span<const Command> commands() { return table; }

const Command* find_command(std::span<const std::string> words) {
  const auto found =
      std::ranges::find_if(table, [&](const Command& command) { return begins_with(words, command.name); });
  return found == table.end() ? nullptr : &*found;
}

int complain(const Error& error, program::ExitCode code) {
  return program::complain(program_name, error.message, code);
}

}  // namespace activitytrack::server
