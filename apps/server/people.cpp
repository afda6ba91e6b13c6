#include "administration.hpp"
#include "core/event_fields.hpp"
#include "core/text.hpp"
#include "server/accounts/access.hpp"
#include "server/accounts/account_changes.hpp"
#include "server/accounts/login.hpp"
#include "server/accounts/second_factor.hpp"
#include "server/accounts/sessions.hpp"
#include "server/accounts/users.hpp"
#include "terminal.hpp"

#include <activitytrack/core/clock.hpp>

#include <iostream>

// The commands that are about people who sign in.

namespace activitytrack::server {
namespace {

Result<std::string> ask_twice() {
  auto first = ask_hidden("Password, at least " + std::to_string(min_password_bytes) + " characters: ");
  if (!first) return first;
  if (auto fits = check_password(*first); !fits) return fits.error();
  const auto second = ask_hidden("Again: ");
  if (!second) return second.error();
  if (*first != *second) return Error{ErrorCode::invalid_input, "the two passwords differ"};
  return first;
}

Result<std::string> first_line() {
  std::string line;
  if (std::getline(std::cin, line)) return line;
  return Error{ErrorCode::invalid_input, "no password came on standard input"};
}

/// The hash of a password that is typed twice at the terminal, without echo, or is the first line of standard input.
Result<std::string> ask_password_hash() {
  const auto password = is_at_terminal() ? ask_twice() : first_line();
  if (!password) return password.error();
  if (auto fits = check_password(*password); !fits) return fits.error();
  return hash_password(*password);
}

Result<User> wanted_user(const Options& options) {
  User user;
  auto name = normal_user_name(options.arguments.at(0));
  if (!name) return name.error();
  const std::string wanted = options.line.get("role", "");
  const auto role = parse_role(wanted);
  if (!role) {
    return Error{ErrorCode::invalid_input, "--role " + (wanted.empty() ? "is missing" : wanted) +
                                               ": it must be admin, manager, viewer, self or monitor"};
  }
  const auto machines = options.line.options.find("machine");
  if (machines != options.line.options.end()) user.machines = machines->second;
  user.name = std::move(*name);
  user.role = *role;
  return user;
}

/// A machine may be given to somebody before it is enrolled; an id that is not known may as well be mistyped.
Result<void> note_unknown_machines(Database& database, const User& user) {
  for (const std::string& machine_id : user.machines) {
    const auto known = need_machine(database, machine_id);
    if (known) continue;
    if (known.error().code != ErrorCode::not_found) return known;
    if (const auto wrong = machine_id_fault(machine_id); !wrong.empty())
      return Error{ErrorCode::invalid_input, "--machine " + machine_id + ": " + std::string(wrong)};
    note(known.error().message + " yet; " + user.name + " will see it once it is enrolled by this id");
  }
  if (user.role != Role::admin && user.role != Role::monitor && user.machines.empty())
    note(user.name + " may see no machine; give them some by --machine ID");
  return {};
}

/// What is wrong whatever the password is, before it is asked for.
Result<void> check_new_user(Database& database, const User& user) {
  const auto taken = find_user(database, user.name);
  if (!taken) return taken.error();
  if (*taken) return Error{ErrorCode::already_exists, "there is a user " + user.name + " already"};
  return note_unknown_machines(database, user);
}

/// "viewer of vm-1, vm-2"
std::string rights_of(const User& user) {
  const std::string role(to_string(user.role));
  if (user.role == Role::admin || user.machines.empty()) return role;
  return role + " of " + joined(user.machines, ", ");
}

/// "2 sessions, 1 token and 0 enrolment tokens have ended"
std::string what_ended(const Ended& ended) {
  const auto counted = [](std::int64_t number, const std::string& what) {
    return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
  };
  return counted(ended.sessions, "session") + ", " + counted(ended.tokens, "token") + " and " +
         counted(ended.enrolment_tokens, "enrolment token") + " have ended";
}

}  // namespace

int add_user(const Options& options) {
  const auto wanted = wanted_user(options);
  if (!wanted) return complain(wanted.error(), exit_usage);
  const int checked =
      with_database(options, [&](Database& database, Time) { return check_new_user(database, *wanted); });
  if (checked != exit_done) return checked;
  // Who monitors has no password, but a token.
  const auto hash = wanted->role == Role::monitor ? Result<std::string>("") : ask_password_hash();
  if (!hash) return complain(hash.error(), exit_usage);
  return with_change(options, "user add", "", [&](Database& database, AuditEntry& entry) -> Result<std::string> {
    const auto added = add_user(database, *wanted, *hash, entry.at);
    if (!added) return added.error();
    describe_added(entry, *added);
    return "added the user " + wanted->name + ": " + rights_of(*wanted);
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
  const std::string& name = options.arguments.at(0);
  return with_change(options, "user remove", "", [&](Database& database, AuditEntry& entry) -> Result<std::string> {
    const auto removed = remove_user(database, name);
    if (!removed) return removed.error();
    describe_removed(entry, *removed);
    return "removed the user " + name + "; " + what_ended(removed->ended);
  });
}

int reset_user_factor(const Options& options) {
  const std::string& name = options.arguments.at(0);
  return with_change(options, "user reset-second-factor", "",
                     [&](Database& database, AuditEntry& entry) -> Result<std::string> {
                       const auto user = existing_user(database, name);
                       if (!user) return user.error();
                       if (auto reset = reset_second_factor(database, user->id); !reset) return reset.error();
                       entry.target = {.kind = "person", .id = user->name};
                       return "ended the second factor of " + user->name;
                     });
}

int change_password(const Options& options) {
  std::string name = options.arguments.at(0);
  const bool keep_tokens = options.line.has("keep-tokens");
  std::int64_t id = 0;
  const int found = with_database(options, [&](Database& database, Time) -> Result<void> {
    const auto user = existing_user(database, name);
    if (!user) return user.error();
    id = user->id, name = user->name;
    if (!keep_tokens) note("this ends the tokens of " + name + " and what they made, too; --keep-tokens keeps them");
    return {};
  });
  if (found != exit_done) return found;
  const auto hash = ask_password_hash();
  if (!hash) return complain(hash.error(), exit_usage);
  return with_change(options, "user passwd", "", [&](Database& database, AuditEntry& entry) -> Result<std::string> {
    const auto ended = set_password(database, id, *hash, {.keep_tokens = keep_tokens});
    if (!ended) return ended.error();
    describe_ended(entry, name, "reset", *ended);
    return "set the password of " + name + "; " + what_ended(*ended);
  });
}

int list_sessions(const Options& options) {
  const auto read = [&](Database& database) -> Result<std::vector<SessionRow>> {
    const auto user = existing_user(database, options.arguments.at(0));
    if (!user) return user.error();
    return list_sessions(database, user->id, system_clock().now());
  };
  const auto row = [](const SessionRow& session) -> std::vector<std::string> {
    return {format_id(session.id), format_timestamp(session.created_at), format_timestamp(session.used_at),
            session.place.client, session.place.user_agent};
  };
  const auto write = [](JsonWriter& json, const SessionRow& session) { write_session(json, session, false); };
  return print_accounts(options, {"ID", "SINCE", "LAST USED", "FROM", "BROWSER"}, read, row, write);
}

int sign_out_user(const Options& options) {
  const std::string& name = options.arguments.at(0);
  return with_change(options, "user sign-out", "", [&](Database& database, AuditEntry& entry) -> Result<std::string> {
    const auto user = existing_user(database, name);
    if (!user) return user.error();
    const auto ended = end_sessions(database, user->id);
    if (!ended) return ended.error();
    describe_ended(entry, user->name, "", {.sessions = *ended});
    return "signed " + user->name + " out; " + what_ended({.sessions = *ended});
  });
}

}  // namespace activitytrack::server
