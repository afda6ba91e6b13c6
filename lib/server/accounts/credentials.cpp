#include "server/accounts/credentials.hpp"

#include "server/database/database.hpp"
#include "server/events/admission.hpp"
#include "server/events/event_row.hpp"

#include <algorithm>
#include <utility>

namespace activitytrack::server {
namespace {

constexpr std::size_t revoked_generation = 50'000;

Credential read_credential(const SqlRow& row) {
  return {.id = row.integer(0),
          .machine_id = std::string(row.text(1)),
          .created_at = row.time(2),
          .used_at = row.time_if_any(3)};
}

/// Ends all of a machine's but `kept`.
Result<std::int64_t> revoke_others(Database& database, const std::string& machine_id, std::int64_t kept, Time now) {
  // Counted first: it waits for, and holds off, the writers that store by the version of before.
  if (auto counted = count_accounts_change(database); !counted) return counted.error();
  const auto version = read_accounts_version(database);
  if (!version) return version.error();
  return database.run(
      "UPDATE machine_credentials SET revoked_at = $2, revoked_version = $3"
      " WHERE machine_id = $1 AND id <> $4 AND revoked_at IS NULL",
      {machine_id, now, *version, kept});
}

constexpr std::chrono::days kept_after_end{31};

EnrolmentToken read_enrolment_token(const SqlRow& row) {
  return {.id = row.integer(0),
          .label = std::string(row.text(1)),
          .created_at = row.time(2),
          .expires_at = row.time(3),
          .uses = row.integer(4),
          .uses_left = row.integer(5),
          .may_replace = row.integer(6) != 0,
          .made_by = row.is_null(7) ? "" : std::string(row.text(7))};
}

constexpr std::string_view enrolment_columns =
    "SELECT t.id, t.label, t.created_at, t.expires_at, t.uses, t.uses_left, t.may_replace, m.name, t.hash"
    " FROM enrolment_tokens t LEFT JOIN users m ON m.id = t.made_by";

Result<void> need_room(Database& database, Time now) {
  const auto good =
      select_number(database, "SELECT count(*) FROM enrolment_tokens WHERE uses_left > 0 AND expires_at > $1", {now});
  if (!good) return good.error();
  if (*good < max_enrolment_tokens) return {};
  return Error{ErrorCode::conflict, std::to_string(*good) + " enrolment tokens are good already; revoke some first"};
}

Error unusable(std::string_view why) {
  return {ErrorCode::unauthorized, "this enrolment token " + std::string(why) + "; ask for another one"};
}

/// Notes that the machine is enrolled, if this token may.
Result<void> claim_machine(Database& database, const std::string& machine_id, bool may_replace, Time now) {
  const auto is_new = database.run(
      "INSERT INTO enrolled_machines(machine_id, enrolled_at) VALUES($1, $2) ON CONFLICT(machine_id) DO "
      "NOTHING",
      {machine_id, now});
  if (!is_new) return is_new.error();
  // After that row is written, for it waits for an erasure that is just beginning.
  const auto erased = is_being_erased(database, machine_id);
  if (!erased) return erased.error();
  if (*erased) return Error{ErrorCode::conflict, "this machine is being erased; try again in a minute"};
  if (*is_new > 0) return {};
  if (!may_replace) {
    return Error{
        ErrorCode::already_exists,
        "this machine_id is enrolled already; ask for a token made with --replace, or choose another machine_id"};
  }
  const auto changed =
      database.execute("UPDATE enrolled_machines SET enrolled_at = $2 WHERE machine_id = $1", {machine_id, now});
  if (!changed) return changed.error();
  if (auto revoked = revoke_credentials(database, machine_id, now); !revoked) return revoked.error();
  return {};
}

}  // namespace

Result<NewSecret> add_credential(Database& database, const std::string& machine_id, Time now) {
  return add_secret(database, SecretKind::machine,
                    "INSERT INTO machine_credentials(id, hash, machine_id, created_at) VALUES($1, $2, $3, $4)",
                    {machine_id, now});
}

Result<std::optional<Credential>> find_credential(Database& database, const SecretToken& token) {
  return find_by_secret(database,
                        "SELECT id, machine_id, created_at, used_at, hash FROM machine_credentials"
                        " WHERE id = $1 AND revoked_at IS NULL",
                        4, token, read_credential);
}

Result<void> use_credential(Database& database, const Credential& credential, Time now) {
  return database.transact([&]() -> Result<void> {
    const auto first = database.run(
        "UPDATE machine_credentials SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND revoked_at IS NULL",
        {credential.id, now});
    if (!first) return first.error();
    if (*first == 0) return {};
    const auto others = database.finds(
        "SELECT 1 FROM machine_credentials WHERE machine_id = $1 AND id <> $2 AND revoked_at IS NULL LIMIT 1",
        {credential.machine_id, credential.id});
    if (!others) return others.error();
    if (!*others) return {};
    const auto ended = revoke_others(database, credential.machine_id, credential.id, now);
    if (!ended) return ended.error();
    return {};
  });
}

Result<NewSecret> rotate_credential(Database& database, std::int64_t current, const std::string& machine_id, Time now) {
  // Writing to the row holds it: no two servers rotate it at once, and none revokes it before this ends.
  const auto held = database.must_change(
      "UPDATE machine_credentials SET created_at = created_at WHERE id = $1 AND revoked_at IS NULL", {current},
      {ErrorCode::unauthorized, "the credential has been revoked"});
  if (!held) return held.error();
  const auto dropped = database.execute(
      "DELETE FROM machine_credentials WHERE machine_id = $1 AND id <> $2 AND used_at IS NULL", {machine_id, current});
  if (!dropped) return dropped.error();
  return add_credential(database, machine_id, now);
}

Result<std::int64_t> revoke_credentials(Database& database, const std::string& machine_id, Time now) {
  return revoke_others(database, machine_id, 0, now);
}

Result<std::vector<Credential>> list_credentials(Database& database, const std::string& machine_id) {
  // Two texts: no index serves a condition that may be any machine's.
  const std::string which = machine_id.empty() ? "$1 = ''" : "machine_id = $1";
  return select_all(
      database,
      "SELECT id, machine_id, created_at, used_at FROM machine_credentials WHERE revoked_at IS NULL AND " + which +
          " ORDER BY machine_id, created_at",
      {machine_id}, read_credential);
}

Result<Revoked> revoked_after(Database& database, std::int64_t version) {
  const auto now = read_accounts_version(database);
  if (!now) return now.error();
  if (version < 0) return Revoked{{}, *now};
  auto ids = select_all(database, "SELECT id FROM machine_credentials WHERE revoked_version > $1", {version},
                        [](const SqlRow& row) { return row.integer(0); });
  if (!ids) return ids.error();
  return Revoked{std::move(*ids), *now};
}

bool CredentialCache::contains(std::int64_t id) const {
  const std::lock_guard lock(mutex_);
  return known_.contains(id);
}

std::optional<CredentialCache::Found> CredentialCache::find(std::int64_t id, const SecretHash& hash) const {
  const std::lock_guard lock(mutex_);
  const auto found = known_.find(id);
  if (found == known_.end()) return std::nullopt;
  const auto& stored = found->second.hash;
  if (!is_same_hash(hash, {reinterpret_cast<const char*>(stored.data()), stored.size()})) return std::nullopt;
  return Found{found->second.machine_id, version_};
}

std::int64_t CredentialCache::version() const {
  const std::lock_guard lock(mutex_);
  return version_;
}

bool CredentialCache::keep(std::int64_t id, const SecretHash& hash, std::string machine_id, std::int64_t version) {
  const std::lock_guard lock(mutex_);
  if (version != version_) return false;
  if (known_.size() >= capacity_ && !known_.contains(id)) known_.erase(known_.begin());
  known_.insert_or_assign(id, Known{hash, std::move(machine_id)});
  return true;
}

void CredentialCache::forget(std::span<const std::int64_t> revoked, std::int64_t version) {
  const std::lock_guard lock(mutex_);
  if (version <= version_) return;  // another thread was quicker, and knows more
  if (revoked_.size() >= revoked_generation) revoked_before_ = std::exchange(revoked_, {});
  for (const std::int64_t id : revoked) {
    known_.erase(id);
    revoked_.insert(id);
  }
  version_ = version;
}

bool CredentialCache::still_good(std::int64_t id) const {
  const std::lock_guard lock(mutex_);
  return !revoked_.contains(id) && !revoked_before_.contains(id);
}

Result<NewSecret> create_enrolment_token(Database& database, const EnrolmentToken& wanted, Time now,
                                         const Maker& maker) {
  const auto tidied = database.execute("DELETE FROM enrolment_tokens WHERE expires_at < $1", {now - kept_after_end});
  if (!tidied) return tidied.error();
  if (auto good = need_maker(database, maker); !good) return good.error();
  if (auto room = need_room(database, now); !room) return room.error();
  return add_secret(
      database, SecretKind::enrolment,
      "INSERT INTO enrolment_tokens(id, hash, label, created_at, expires_at, uses, uses_left, may_replace, made_by,"
      " parent) VALUES($1, $2, $3, $4, $5, $6, $6, $7, $8, $9)",
      {wanted.label, now, std::min(wanted.expires_at, maker.token_ends), wanted.uses, std::int64_t{wanted.may_replace},
       maker.user, maker.token});
}

Result<std::vector<EnrolmentToken>> list_enrolment_tokens(Database& database, const NewestFirst& page) {
  return select_all(database,
                    std::string(enrolment_columns) +
                        " WHERE t.created_at < $1 OR (t.created_at = $1 AND t.id < $2)"
                        " ORDER BY t.created_at DESC, t.id DESC LIMIT $3",
                    {page.at, page.id, page.limit}, read_enrolment_token);
}

Result<EnrolmentToken> revoke_enrolment_token(Database& database, std::int64_t id) {
  auto token = select_one(database, std::string(enrolment_columns) + " WHERE t.id = $1", {id}, read_enrolment_token);
  if (!token) return token.error();
  if (!*token) return Error{ErrorCode::not_found, "there is no enrolment token " + format_id(id)};
  if (auto ended = database.execute("DELETE FROM enrolment_tokens WHERE id = $1", {id}); !ended) return ended.error();
  return std::move(**token);
}

Result<EnrolmentToken> find_enrolment_token(Database& database, const SecretToken& token, Time now) {
  const auto found =
      find_by_secret(database, std::string(enrolment_columns) + " WHERE t.id = $1", 8, token, read_enrolment_token);
  if (!found) return found.error();
  if (!*found) return unusable("is not known to this server, or was revoked");
  if ((*found)->uses_left < 1) return unusable("is used up");
  if ((*found)->expires_at <= now) return unusable("has expired");
  return **found;
}

Result<NewSecret> enrol_machine(Database& database, std::int64_t token, const std::string& machine_id, Time now) {
  const auto may_replace = select_one(
      database,
      "UPDATE enrolment_tokens SET uses_left = uses_left - 1 WHERE id = $1 AND uses_left > 0 AND expires_at > $2"
      " RETURNING may_replace",
      {token, now}, [](const SqlRow& row) { return row.integer(0) != 0; });
  if (!may_replace) return may_replace.error();
  if (!*may_replace) return unusable("has expired or is used up");
  if (auto claimed = claim_machine(database, machine_id, **may_replace, now); !claimed) return claimed.error();
  return add_credential(database, machine_id, now);
}

}  // namespace activitytrack::server
