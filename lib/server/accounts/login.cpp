#include "server/accounts/login.hpp"

#include "core/text.hpp"
#include "server/accounts/sessions.hpp"
#include "server/database/database.hpp"
#include "server/events/event_row.hpp"

#include <sodium.h>
#include <boost/asio/ip/address.hpp>

#include <utility>

namespace activitytrack::server {
namespace {

constexpr std::int64_t free_tries = 5;
constexpr std::chrono::hours tries_kept{1};

Bytes tries_of_device(std::int64_t device) { return stored_hash(hash_secret("device\n" + std::to_string(device))); }

/// After a success.
Result<void> forget_tries(Database& database, const Bytes& who) {
  return database.execute("DELETE FROM login_tries WHERE client = $1", {who});
}

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
Result<void> sign_in(Database& database, const Account& account, bool is_known, Time now, LoginOutcome& outcome) {
  if (auto held = hold_account(database, account); !held) return held;
  auto session = begin_session(database, account.id, now);
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
  const Bytes who = is_known ? tries_of_device(device->id) : tries_of_client(name, attempt.client);
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
  const auto done = audited(database, entry, [&] { return sign_in(database, *account, is_known, now, outcome); });
  if (!done && done.error().code == ErrorCode::conflict) return outcome;
  if (!done) return done.error();
  if (auto forgotten = forget_tries(database, who); !forgotten) return forgotten.error();
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

std::string network_of(std::string_view client) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(client, error);
  if (error || address.is_v4()) return std::string(client);
  const auto v6 = address.to_v6();
  if (v6.is_v4_mapped()) return std::string(client);
  const auto bytes = v6.to_bytes();
  return {bytes.begin(), bytes.begin() + 8};
}

Bytes tries_of_client(std::string_view user, std::string_view client) {
  return stored_hash(hash_secret("client\n" + std::string(user) + "\n" + network_of(client)));
}

Result<bool> count_try(Database& database, const Bytes& who, Time now) {
  const auto tidied = database.execute("DELETE FROM login_tries WHERE last_at < $1", {now - tries_kept});
  if (!tidied) return tidied.error();
  return database.changes_one(
      "INSERT INTO login_tries(client, tries, last_at) VALUES($1, 1, $2)"
      " ON CONFLICT(client) DO UPDATE SET tries = login_tries.tries + 1, last_at = $2"
      " WHERE login_tries.tries < $3 OR login_tries.last_at <= $4",
      {who, now, free_tries, now - wait_between_tries});
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

PasswordQueue::PasswordQueue(Log& log, std::size_t capacity, std::size_t client_capacity)
    : capacity_(capacity),
      client_capacity_(client_capacity),
      hasher_("the password queue", log),
      checker_("the password queue's check", log) {
  hasher_.start([this](Worker::Lock& lock) { return run_next(lock); });
  checker_.start([this](Worker::Lock& lock) { return check_next(lock); });
}

void PasswordQueue::submit(Job job) {
  if (!job.is_known) {
    const bool added = hasher_.change([&] { return admit(job.client) && add(unknown_, job); });
    return added ? void() : job.refuse();
  }
  if (!hasher_.change([&] { return admit(job.client); })) return job.refuse();
  const bool added = checker_.change([&] {
    if (checker_.stopping() || unchecked_.size() >= capacity_) return false;
    unchecked_.push_back(std::move(job));
    return true;
  });
  if (added) return;
  hasher_.change([&] { let_go(job.client); });
  job.refuse();
}

void PasswordQueue::stop() {
  checker_.stop();
  hasher_.stop();
}

/// Counts one more that waits of a client, if it may have one.
bool PasswordQueue::admit(const std::string& client) {
  if (hasher_.stopping()) return false;
  std::size_t& waiting = waiting_[client];
  if (waiting >= client_capacity_) return false;
  ++waiting;
  return true;
}

/// Takes a job that was admitted, or lets it go if there is no room.
bool PasswordQueue::add(std::deque<Job>& queue, Job& job) {
  const bool fits = queue.size() < capacity_;
  fits ? queue.push_back(std::move(job)) : let_go(job.client);
  return fits;
}

/// One less of a client waits.
void PasswordQueue::let_go(const std::string& client) {
  const auto waiting = waiting_.find(client);
  if (--waiting->second == 0) waiting_.erase(waiting);
}

bool PasswordQueue::check_next(Worker::Lock& lock) {
  if (!checker_.wait(lock, [this] { return !unchecked_.empty(); })) return false;
  Job job = std::move(unchecked_.front());
  unchecked_.pop_front();
  lock.unlock();
  auto& queue = job.is_known() ? known_ : unknown_;
  if (!hasher_.change([&] { return add(queue, job); })) job.refuse();
  return true;
}

bool PasswordQueue::run_next(Worker::Lock& lock) {
  if (!hasher_.wait(lock, [this] { return !known_.empty() || !unknown_.empty(); })) return false;
  auto& queue = known_.empty() ? unknown_ : known_;
  const Job job = std::move(queue.front());
  queue.pop_front();
  let_go(job.client);
  lock.unlock();
  job.run();
  return true;
}

}  // namespace activitytrack::server
