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

/// A try whose password was looked at.
struct CheckedTry {
  LoginOutcome::Status status = LoginOutcome::Status::wrong;  ///< signed_in if it is right
  std::string name{};
  Account account{};
  Device device{};
  bool is_known = false;  ///< the browser, as this person's
};

Result<CheckedTry> check_try(Database& database, const LoginTry& attempt, Time now) {
  CheckedTry made;
  made.name = normal_user_name(attempt.user).value_or("");
  const auto account = find_account(database, "SELECT id, password FROM users WHERE name = $1", made.name);
  if (!account) return account.error();
  const auto device = find_device(database, attempt.device_cookie, now);
  if (!device) return device.error();
  made.account = *account;
  made.device = *device;
  made.is_known = account->id != 0 && device->user == account->id;
  const auto allowed = made.is_known ? count_try(database, tries_of_device(device->id), now)
                                     : count_try_of_stranger(database, made.name, attempt.client, now);
  if (!allowed) return allowed.error();
  if (!*allowed)
    made.status = LoginOutcome::Status::too_often;
  else if (is_password(attempt.password, account->password_hash))
    made.status = LoginOutcome::Status::signed_in;
  return made;
}

/// Codes are few, so those who know the password and no browser of the person share one count, wherever they are.
Bytes tries_of_codes(std::string_view name) { return tries_of_client(name, "codes"); }

Result<void> forget_tries(Database& database, const CheckedTry& made, const LoginTry& attempt) {
  if (made.is_known) return forget_tries(database, tries_of_device(made.device.id));
  if (auto forgotten = forget_tries(database, tries_of_codes(made.name)); !forgotten) return forgotten;
  return forget_tries_of_stranger(database, made.name, attempt.client);
}

/// What a second factor asks of a person whose password is right.
struct CodeWanted {
  bool must_be_given = false;
  bool is_enrolled = false;  ///< one that is not in force yet
  bool is_in_force = false;

  bool takes(const std::string& code) const { return !code.empty() && (is_enrolled || is_in_force); }
};

Result<CodeWanted> code_wanted(Database& database, const User& user, SecondFactorRule rule) {
  const auto state = second_factor_of(database, user.id);
  if (!state) return state.error();
  CodeWanted wanted{.is_enrolled = *state == SecondFactorState::enrolled,
                    .is_in_force = *state == SecondFactorState::in_force};
  wanted.must_be_given = wanted.is_in_force || needs_second_factor(rule, user.role);
  return wanted;
}

Result<void> take_code(Database& database, const LoginTry& attempt, const CodeWanted& wanted, Time now,
                       LoginOutcome& outcome, AuditEntry& about) {
  const auto use = use_code(database, outcome.user.id, attempt.code, now);
  if (!use) return use.error();
  if (*use == CodeUse::wrong) return Error{ErrorCode::unauthorized, "the code is wrong"};
  about.details = AuditDetails()
                      .add("second_factor", wanted.is_enrolled               ? "enrolled"
                                            : *use == CodeUse::recovery_code ? "recovery_code"
                                                                             : "code")
                      .text();
  if (!wanted.is_enrolled) return {};
  auto codes = confirm_second_factor(database, outcome.user.id, now);
  if (!codes) return codes.error();
  outcome.recovery_codes = std::move(*codes);
  return {};
}

}  // namespace

Result<LoginOutcome> log_in(Database& database, const LoginTry& attempt, AuditEntry entry, Time now) {
  using Status = LoginOutcome::Status;
  LoginOutcome outcome;
  const auto checked = check_try(database, attempt, now);
  if (!checked) return checked.error();
  outcome.status = checked->status;
  if (checked->status != Status::signed_in) return outcome;
  auto user = find_user(database, checked->name);
  if (!user) return user.error();
  outcome.status = Status::wrong;
  if (!*user) return outcome;
  outcome.user = std::move(**user);
  const auto wanted = code_wanted(database, outcome.user, attempt.rule);
  if (!wanted) return wanted.error();
  const bool takes_code = wanted->takes(attempt.code);
  if (wanted->must_be_given && !takes_code) {
    outcome.status = wanted->is_in_force || wanted->is_enrolled ? Status::needs_code : Status::needs_enrolment;
    return outcome;
  }
  if (takes_code && !checked->is_known) {
    const auto allowed = count_try(database, tries_of_codes(checked->name), now);
    if (!allowed) return allowed.error();
    outcome.status = Status::too_often;
    if (!*allowed) return outcome;
  }

  entry.kind = to_string(Principal::Kind::person);
  entry.name = checked->name;
  const auto done = audited(database, entry, [&](AuditEntry& about) -> Result<void> {
    if (takes_code) {
      if (auto taken = take_code(database, attempt, *wanted, now, outcome, about); !taken) return taken;
    }
    return sign_in(database, checked->account, attempt.place, checked->is_known, now, outcome);
  });
  outcome.status = Status::wrong;
  if (!done && done.error().code == ErrorCode::conflict) return outcome;
  outcome.status = Status::wrong_code;
  if (!done && done.error().code == ErrorCode::unauthorized) return outcome;
  if (!done) return done.error();
  if (auto forgotten = forget_tries(database, *checked, attempt); !forgotten) return forgotten.error();
  outcome.status = Status::signed_in;
  return outcome;
}

Result<EnrolmentOutcome> enrol_by_password(Database& database, const LoginTry& attempt, AuditEntry entry, Time now) {
  EnrolmentOutcome outcome;
  const auto checked = check_try(database, attempt, now);
  if (!checked) return checked.error();
  outcome.status = checked->status;
  if (checked->status != LoginOutcome::Status::signed_in) return outcome;
  entry.kind = to_string(Principal::Kind::person);
  entry.name = checked->name;
  auto made = audited(database, entry, [&]() -> Result<NewSecondFactor> {
    if (auto held = hold_account(database, checked->account); !held) return held.error();
    return enrol_second_factor(database, checked->account.id, checked->name);
  });
  if (!made) return made.error();
  if (auto forgotten = forget_tries(database, *checked, attempt); !forgotten) return forgotten.error();
  outcome.factor = std::move(*made);
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
