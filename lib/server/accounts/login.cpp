#include "server/accounts/login.hpp"

#include "server/accounts/cookies.hpp"
#include "server/accounts/login_tries.hpp"
#include "server/accounts/passwords.hpp"
#include "server/accounts/role.hpp"
#include "server/accounts/sessions.hpp"
#include "server/events/event_row.hpp"

namespace activitytrack::server {
namespace {

struct Account {
  std::int64_t id = 0;
  std::string password_hash{};  ///< "" if there is no such user
};

Result<Account> find_account(Database& database, const std::string& name) {
  Account account;
  const auto read = database.run("SELECT id, password FROM users WHERE name = $1", {name}, [&](const SqlRow& row) {
    account = {row.integer(0), std::string(row.text(1))};
  });
  if (!read) return read.error();
  return account;
}

/// A browser that signed in before, and as whom.
struct Device {
  std::int64_t id = 0;  ///< 0: it did not
  std::int64_t user = 0;
};

Result<Device> find_device(Database& database, std::string_view cookie, Time now) {
  const auto token = parse_secret(cookie);
  Device device;
  if (!token || token->kind != SecretKind::device) return device;
  const SecretHash hash = hash_secret(cookie);
  const auto read = database.run("SELECT hash, user_id FROM known_devices WHERE id = $1 AND created_at > $2",
                                 {token->id, to_micros(now - device_known)}, [&](const SqlRow& row) {
                                   if (is_same_hash(hash, row.text(0))) device = {token->id, row.integer(1)};
                                 });
  if (!read) return read.error();
  return device;
}

/// The browser's id if it signed in as this user before, else 0.
Result<std::int64_t> known_device(Database& database, std::string_view cookie, std::int64_t user, Time now) {
  const auto device = find_device(database, cookie, now);
  if (!device) return device.error();
  return user != 0 && device->user == user ? device->id : 0;
}

Result<NewSecret> remember_device(Database& database, std::int64_t user, Time now) {
  NewSecret secret = make_secret(SecretKind::device);
  const auto dropped =
      database.run("DELETE FROM known_devices WHERE created_at <= $1", {to_micros(now - device_known)});
  if (!dropped) return dropped.error();
  const auto made = database.run("INSERT INTO known_devices(id, hash, user_id, created_at) VALUES($1, $2, $3, $4)",
                                 {secret.id, secret.hash, user, to_micros(now)});
  if (!made) return made.error();
  return secret;
}

/// Fails with `not_found` if the password was changed, or the user removed, since it was checked.
Result<void> hold_account(Database& database, const Account& account) {
  const auto held = database.run("UPDATE users SET password = password WHERE id = $1 AND password = $2",
                                 {account.id, account.password_hash});
  if (!held) return held.error();
  if (*held == 0) return Error{ErrorCode::not_found, "the account changed meanwhile"};
  return {};
}

Result<void> sign_in(Database& database, const Account& account, std::int64_t device, Time now, LoginOutcome& outcome) {
  if (auto held = hold_account(database, account); !held) return held;
  if (auto dropped = drop_ended_sessions(database, now); !dropped) return dropped;
  auto session = begin_session(database, account.id, now);
  if (!session) return session.error();
  outcome.session = std::move(*session);
  if (device != 0) return {};
  auto remembered = remember_device(database, account.id, now);
  if (!remembered) return remembered.error();
  outcome.device = std::move(*remembered);
  return {};
}

}  // namespace

Result<LoginOutcome> log_in(Database& database, const LoginTry& attempt, AuditEntry entry, Time now) {
  const auto normal = normal_user_name(attempt.user);
  const std::string name = normal ? *normal : "";
  const auto account = find_account(database, name);
  if (!account) return account.error();
  const auto device = known_device(database, attempt.device_cookie, account->id, now);
  if (!device) return device.error();
  const Bytes who = *device ? tries_of_device(*device) : tries_of_client(name, attempt.client);
  const auto allowed = count_try(database, who, now);
  if (!allowed) return allowed.error();
  LoginOutcome outcome;
  if (!*allowed) {
    outcome.status = LoginOutcome::Status::too_often;
    return outcome;
  }
  if (!is_password(attempt.password, account->password_hash)) return outcome;

  entry.kind = to_string(Principal::Kind::person);
  entry.name = name;
  const auto done = audited(database, entry, [&] { return sign_in(database, *account, *device, now, outcome); });
  if (!done && done.error().code == ErrorCode::not_found) return outcome;
  if (!done) return done.error();
  if (auto forgotten = forget_tries(database, who); !forgotten) return forgotten.error();
  auto user = find_user(database, name);
  if (!user) return user.error();
  if (!*user) return outcome;
  outcome.user = std::move(**user);
  outcome.status = LoginOutcome::Status::signed_in;
  return outcome;
}

Result<bool> check_current_password(Database& database, std::int64_t user, const std::string& password) {
  std::string hash;
  const auto read =
      database.run("SELECT password FROM users WHERE id = $1", {user}, [&](const SqlRow& row) { hash = row.text(0); });
  if (!read) return read.error();
  return is_password(password, hash);
}

bool has_device_cookie(const Request& request) {
  const auto token = parse_secret(cookie_of(request, Cookie::device));
  return token && token->kind == SecretKind::device;
}

Result<bool> is_known_device(Database& database, const Request& request, Time now) {
  const auto device = find_device(database, cookie_of(request, Cookie::device), now);
  if (!device) return device.error();
  return device->id != 0;
}

}  // namespace activitytrack::server
