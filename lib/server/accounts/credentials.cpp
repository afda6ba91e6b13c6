#include "server/accounts/credentials.hpp"

#include "server/database/database.hpp"
#include "server/events/credential_check.hpp"
#include "server/events/event_row.hpp"

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
  const auto held = database.run(
      "UPDATE machine_credentials SET created_at = created_at WHERE id = $1 AND revoked_at IS NULL", {current});
  if (!held) return held.error();
  if (*held == 0) return Error{ErrorCode::unauthorized, "the credential has been revoked"};
  const auto dropped = database.execute(
      "DELETE FROM machine_credentials WHERE machine_id = $1 AND id <> $2 AND used_at IS NULL", {machine_id, current});
  if (!dropped) return dropped.error();
  return add_credential(database, machine_id, now);
}

Result<std::int64_t> revoke_credentials(Database& database, const std::string& machine_id, Time now) {
  return revoke_others(database, machine_id, 0, now);
}

Result<std::vector<Credential>> list_credentials(Database& database, const std::string& machine_id) {
  return select_all(database,
                    "SELECT id, machine_id, created_at, used_at FROM machine_credentials"
                    " WHERE revoked_at IS NULL AND ($1 = '' OR machine_id = $1) ORDER BY machine_id, created_at",
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

}  // namespace activitytrack::server
