#include "administration.hpp"
#include "core/text.hpp"
#include "server/accounts/access.hpp"
#include "server/accounts/passwords.hpp"
#include "server/accounts/users.hpp"

#include <activitytrack/core/clock.hpp>

#include <termios.h>
#include <unistd.h>

#include <iostream>

// The commands that are about people who sign in.

namespace activitytrack::server {
namespace {

/// What is typed is not shown, as long as this lives.
class NoEcho {
 public:
  NoEcho() {
    if (::tcgetattr(STDIN_FILENO, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~NoEcho() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

Result<std::string> read_password() {
  std::string line;
  if (std::getline(std::cin, line)) return line;
  return Error{ErrorCode::invalid_input, "no password came on standard input"};
}

Result<std::string> ask(const char* prompt) {
  std::cerr << prompt;
  const NoEcho silent;
  auto line = read_password();
  std::cerr << '\n';
  return line;
}

Result<std::string> ask_twice() {
  auto first = ask("Password: ");
  if (!first) return first;
  const auto second = ask("Again: ");
  if (!second) return second.error();
  if (*first != *second) return Error{ErrorCode::invalid_input, "the two passwords differ"};
  return first;
}

/// The hash of a password that is typed twice at the terminal, without echo, or is the first line of standard input.
Result<std::string> ask_password_hash() {
  const auto password = ::isatty(STDIN_FILENO) ? ask_twice() : read_password();
  if (!password) return password.error();
  if (auto fits = check_password(*password); !fits) return fits.error();
  return hash_password(*password);
}

Result<User> wanted_user(const Options& options) {
  User user;
  auto name = normal_user_name(options.arguments.at(0));
  if (!name) return name.error();
  const auto role = parse_role(options.line.get("role", ""));
  if (!role) return Error{ErrorCode::invalid_input, "--role: must be admin, manager, viewer or self"};
  const auto machines = options.line.options.find("machine");
  if (machines != options.line.options.end()) user.machines = machines->second;
  user.name = std::move(*name);
  user.role = *role;
  return user;
}

}  // namespace

int add_user(const Options& options) {
  const auto wanted = wanted_user(options);
  if (!wanted) return complain(wanted.error(), exit_usage);
  const auto hash = ask_password_hash();
  if (!hash) return complain(hash.error(), exit_usage);
  return with_change(options, "user add", "", [&](Database& database, Time now) -> Result<void> {
    const auto added = add_user(database, *wanted, *hash, now);
    return added ? Result<void>() : added.error();
  });
}

int list_users(const Options& options) {
  return print_accounts(
      options, {"USER", "ROLE", "SINCE", "MACHINES"}, [](Database& database) { return list_users(database); },
      [](const User& user) -> std::vector<std::string> {
        return {user.name, std::string(to_string(user.role)), format_timestamp(user.created_at),
                user.role == Role::admin ? "all" : joined(user.machines, ", ")};
      });
}

int remove_user(const Options& options) {
  return with_change(options, "user remove", "",
                     [&](Database& database, Time) { return remove_user(database, options.arguments.at(0)); });
}

int change_password(const Options& options) {
  const auto hash = ask_password_hash();
  if (!hash) return complain(hash.error(), exit_usage);
  return with_change(options, "user passwd", "", [&](Database& database, Time) -> Result<void> {
    const auto user = existing_user(database, options.arguments.at(0));
    if (!user) return user.error();
    return set_password(database, user->id, *hash);
  });
}

}  // namespace activitytrack::server
