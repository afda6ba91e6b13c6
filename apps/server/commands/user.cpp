#include "server/accounts/users.hpp"

#include "commands/administration.hpp"
#include "server/accounts/access.hpp"
#include "server/accounts/passwords.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::server {
namespace {

Result<std::string> ask_password_hash() {
  const auto password = ask_password();
  if (!password) return password.error();
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

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string list_table(const std::vector<User>& users) {
  std::vector<std::vector<std::string>> rows{{"USER", "ROLE", "SINCE", "MACHINES"}};
  for (const User& user : users) {
    rows.push_back({user.name, std::string(to_string(user.role)), format_timestamp(user.created_at),
                    user.role == Role::admin ? "all" : joined(user.machines)});
  }
  return format_table(rows);
}

}  // namespace

int add_user(const Options& options) {
  const auto wanted = wanted_user(options);
  if (!wanted) return complain(wanted.error(), exit_usage);
  const auto hash = ask_password_hash();
  if (!hash) return complain(hash.error(), exit_usage);
  return with_change(options, "user add", "", [&](Database& database, Time now) -> Result<void> {
    const auto added = add_user(database, *wanted, *hash, now);
    if (!added) return added.error();
    return {};
  });
}

int list_users(const Options& options) {
  return with_database(options, [&](Database& database, Time) -> Result<void> {
    const auto users = list_users(database);
    if (!users) return users.error();
    program::print(options.line.has("json") ? accounts_json(*users) : list_table(*users));
    return {};
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
    const auto user = find_user(database, options.arguments.at(0));
    if (!user) return user.error();
    if (!*user) return Error{ErrorCode::not_found, "there is no user " + options.arguments.at(0)};
    return set_password(database, (*user)->id, *hash);
  });
}

}  // namespace activitytrack::server
