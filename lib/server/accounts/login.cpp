#include "server/accounts/login.hpp"

#include "core/text.hpp"
#include "server/accounts/login_tries.hpp"
#include "server/accounts/sessions.hpp"
#include "server/database/database.hpp"
#include "server/events/event_row.hpp"

#include <sodium.h>

#include <utility>

namespace activitytrack::server {
namespace {

struct Account {
  std::int64_t id = 0;
  std::string password_hash{};  ///< "" if there is no such user
};

/// `sql` selects id and password of the user of `key`.
Result<Account> find_account(Database& database, std::string_view sql, const SqlValue& key) {
  auto found = select_one(database, sql, {key}, [](const SqlRow& row) {
    return Account{row.integer(0), std::string(row.text(1))};
  });
  if (!found) return found.error();
  return std::move(*found).value_or(Account{});
}

/// A browser that signed in before, and as whom.
struct Device {
  std::int64_t id = 0;  ///< 0: it did not
  std::int64_t user = 0;
};

Result<Device> find_device(Database& database, std::string_view cookie, Time now) {
  const auto token = parse_secret(cookie);
  if (!token || token->kind != SecretKind::device) return Device{};
  Time signed_in_at;
  const auto user = find_by_secret(database, "SELECT user_id, created_at, hash FROM known_devices WHERE id = $1", 2,
                                   *token, [&](const SqlRow& row) {
                                     signed_in_at = row.time(1);
                                     return row.integer(0);
                                   });
  if (!user) return user.error();
  return *user && signed_in_at > now - device_known ? Device{token->id, **user} : Device{};
}

Result<NewSecret> remember_device(Database& database, std::int64_t user, Time now) {
  const auto dropped = database.execute("DELETE FROM known_devices WHERE created_at <= $1", {now - device_known});
  if (!dropped) return dropped.error();
  const auto bounded = database.execute(
      "DELETE FROM known_devices WHERE user_id = $1 AND id NOT IN"
      " (SELECT id FROM known_devices WHERE user_id = $1 ORDER BY created_at DESC, id LIMIT $2)",
      {user, max_sessions_a_person - 1});
  if (!bounded) return bounded.error();
  return add_secret(database, SecretKind::device,
                    "INSERT INTO known_devices(id, hash, user_id, created_at) VALUES($1, $2, $3, $4)", {user, now});
}

/// Fails with `conflict` if the password was changed, or the user removed, since it was checked.
Result<void> hold_account(Database& database, const Account& account) {
  return database.must_change("UPDATE users SET password = password WHERE id = $1 AND password = $2",
                              {account.id, account.password_hash},
                              {ErrorCode::conflict, "the account changed meanwhile"});
}

/// Begins a session, and remembers the browser unless it is known.
Result<void> sign_in(Database& database, const Account& account, const SessionPlace& place, bool is_known, Time now,
                     LoginOutcome& outcome) {
  if (auto held = hold_account(database, account); !held) return held;
  auto session = begin_session(database, account.id, now, place);
  if (!session) return session.error();
  outcome.session = std::move(*session);
  if (is_known) return {};
  auto remembered = remember_device(database, account.id, now);
  if (!remembered) return remembered.error();
  outcome.device = std::move(*remembered);
  return {};
}

/// Of nobody's password, with the same parameters as everybody's.
const std::string& hash_of_nobody() {
  static const std::string hash = hash_password("the password of nobody").value();
  return hash;
}

}  // namespace

Result<LoginOutcome> log_in(Database& database, const LoginTry& attempt, AuditEntry entry, Time now) {
  const auto normal = normal_user_name(attempt.user);
  const std::string name = normal ? *normal : "";
  const auto account = find_account(database, "SELECT id, password FROM users WHERE name = $1", name);
  if (!account) return account.error();
  const auto device = find_device(database, attempt.device_cookie, now);
  if (!device) return device.error();
  const bool is_known = account->id != 0 && device->user == account->id;
  const auto allowed = is_known ? count_try(database, tries_of_device(device->id), now)
                                : count_try_of_stranger(database, name, attempt.client, now);
  if (!allowed) return allowed.error();
  LoginOutcome outcome;
  if (!*allowed) {
    outcome.status = LoginOutcome::Status::too_often;
    return outcome;
  }
  if (!is_password(attempt.password, account->password_hash)) return outcome;

  entry.kind = to_string(Principal::Kind::person);
  entry.name = name;
  const auto done =
      audited(database, entry, [&] { return sign_in(database, *account, attempt.place, is_known, now, outcome); });
  if (!done && done.error().code == ErrorCode::conflict) return outcome;
  if (!done) return done.error();
  const auto forgotten = is_known ? forget_tries(database, tries_of_device(device->id))
                                  : forget_tries_of_stranger(database, name, attempt.client);
  if (!forgotten) return forgotten.error();
  auto user = find_user(database, name);
  if (!user) return user.error();
  if (!*user) return outcome;
  outcome.user = std::move(**user);
  outcome.status = LoginOutcome::Status::signed_in;
  return outcome;
}

Result<std::optional<bool>> check_current_password(Database& database, std::int64_t user, const std::string& password,
                                                   Time now) {
  const Bytes who = tries_of_device(user);
  const auto allowed = count_try(database, who, now);
  if (!allowed) return allowed.error();
  if (!*allowed) return std::optional<bool>();
  const auto account = find_account(database, "SELECT id, password FROM users WHERE id = $1", user);
  if (!account) return account.error();
  if (!is_password(password, account->password_hash)) return std::optional(false);
  if (auto forgotten = forget_tries(database, who); !forgotten) return forgotten.error();
  return std::optional(true);
}

Result<bool> is_known_device(Database& database, const Request& request, Time now) {
  const auto device = find_device(database, cookie_of(request, Cookie::device), now);
  if (!device) return device.error();
  return device->id != 0;
}

Result<void> check_password(std::string_view password) {
  const auto wrong = [](const std::string& what) { return Error{ErrorCode::invalid_input, "password: " + what}; };
  if (password.size() < min_password_bytes)
    return wrong("must have at least " + std::to_string(min_password_bytes) + " characters");
  if (password.size() > max_password_bytes)
    return wrong("must have at most " + std::to_string(max_password_bytes) + " bytes");
  if (!is_utf8(password) || has_control_characters(password)) return wrong("must be UTF-8 without control characters");
  return {};
}

Result<std::string> hash_password(const std::string& password) {
  if (sodium_init() < 0) return Error{ErrorCode::unavailable, "libsodium finds no source of randomness"};
  char hash[crypto_pwhash_STRBYTES];
  const int failed = crypto_pwhash_str(hash, password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                                       crypto_pwhash_MEMLIMIT_INTERACTIVE);
  if (failed) return Error{ErrorCode::unavailable, "no memory to hash a password: 64 MiB are needed"};
  return std::string(hash);
}

bool is_password(const std::string& password, const std::string& hash) {
  const std::string& against = hash.empty() ? hash_of_nobody() : hash;
  if (sodium_init() < 0) return false;
  const bool same = crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
  return same && !hash.empty();
}

}  // namespace activitytrack::server
