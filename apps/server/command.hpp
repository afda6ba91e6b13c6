#pragma once

#include "common/program.hpp"
#include "options.hpp"
#include "server/events/store.hpp"

#include <activitytrack/core/clock.hpp>

#include <span>
#include <string_view>
#include <vector>

namespace activitytrack::server {

using enum program::ExitCode;

/// One row of the table that drives dispatch and `--help`.
struct Command {
  std::string_view name;       ///< "serve", or two words: "user add"
  std::string_view arguments;  ///< as shown in its usage line
  std::string_view summary;    ///< for the list of commands
  std::string_view detail = "";
  struct {
    std::size_t least = 0, most = 0;
  } takes{};                                ///< so many arguments
  std::vector<std::string_view> options{};  ///< names of command_options() that it takes
  int (*run)(const Options&) = nullptr;
};

std::span<const Command> commands();

/// The command that the words of a line begin with, or null.
const Command* find_command(std::span<const std::string> words);

int run_server(const Options& options);

int create_enrolment_token(const Options& options);
int list_enrolment_tokens(const Options& options);
int revoke_enrolment_token(const Options& options);

int add_user(const Options& options);
int list_users(const Options& options);
int remove_user(const Options& options);
int change_password(const Options& options);

int create_token(const Options& options);
int list_tokens(const Options& options);
int revoke_token(const Options& options);

int list_machines(const Options& options);
int revoke_machine(const Options& options);

int back_up_database(const Options& options);
int restore_database(const Options& options);
int check_database(const Options& options);
int rebuild_hours(const Options& options);
int erase_machine(const Options& options);
int export_machine(const Options& options);
int import_events(const Options& options);

int complain(const Error& error, program::ExitCode code = exit_failed);

/// Of DataDir::open().
int complain_of_data_dir(const Error& error);

}  // namespace activitytrack::server
