#pragma once

#include "common/commands.hpp"
#include "common/program.hpp"
#include "server/events/store.hpp"
#include "server/serve/settings.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::server {

using enum program::ExitCode;

constexpr std::string_view program_name = "activitytrack-server";

struct Options;
using Command = program::Command<Options>;

/// What the command line asks for. Commands are given it.
struct Options {
  std::string answer;  ///< to --help or --version: a text to print, and nothing else to do
  ServerSettings settings{};
  bool is_default_place = false;         ///< the database is where it is only because nothing says otherwise
  const Command* command = nullptr;      ///< of the table in commands.cpp
  std::vector<std::string> arguments{};  ///< the words after it
  program::CommandLine line{};
  std::vector<std::string> all{};  ///< what was read, to be read again
};

/// Reads options, environment and file, each of which wins over the next. The error has a line for each thing that is
/// wrong.
Result<Options> read_options(const std::vector<std::string>& arguments);

/// What the command line is read and help is made from.
program::Program this_program();

int run_server(const Options& options);

int create_enrolment_token(const Options& options);
int list_enrolment_tokens(const Options& options);
int revoke_enrolment_token(const Options& options);

int add_user(const Options& options);
int list_users(const Options& options);
int remove_user(const Options& options);
int change_password(const Options& options);
int list_sessions(const Options& options);
int sign_out_user(const Options& options);
int reset_user_factor(const Options& options);

int create_token(const Options& options);
int list_tokens(const Options& options);
int revoke_token(const Options& options);

int list_machines(const Options& options);
int revoke_machine(const Options& options);

int show_configuration(const Options& options);
int set_configuration(const Options& options);
int group_machine(const Options& options);
int show_history(const Options& options);
int roll_back_configuration(const Options& options);
int show_configuration_states(const Options& options);
int show_or_change_rollout(const Options& options);

int back_up_database(const Options& options);
int restore_database(const Options& options);
int check_database(const Options& options);
int rebuild_hours(const Options& options);
int erase_machine(const Options& options);
int export_machine(const Options& options);
int import_events(const Options& options);
int run_demo(const Options& options);

inline int complain(const Error& error, program::ExitCode code = exit_failed) {
  return program::complain(program_name, error.message, code);
}

/// What a person should know, on standard error; the command goes on.
inline void note(const std::string& text) { program::complain(program_name, "note: " + text, exit_done); }

}  // namespace activitytrack::server
