#include "server/accounts/credentials.hpp"

#include "server/events/credential_check.hpp"
#include "server/events/event_row.hpp"

namespace activitytrack::server {
namespace {

std::optional<Time> time_or_none(const SqlRow& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return from_micros(row.integer(column));
}

Credential read_credential(const SqlRow& row) {
  return {.id = row.integer(0),
          .machine_id = std::string(row.text(1)),
          .created_at = from_micros(row.integer(2)),
          .used_at = time_or_none(row, 3),
          .revoked_at = time_or_none(row, 4)};
}

/// Ends all of a machine's but `kept`.
Result<std::int64_t> revoke_others(Database& database, const std::string& machine_id, std::int64_t kept, Time now) {
  // Counted first: it waits for, and holds off, whoever stores by the version of before.
  if (auto counted = count_accounts_change(database); !counted) return counted.error();
  const auto version = read_accounts_version(database);
  if (!version) return version.error();
  return database.run(
      "UPDATE machine_credentials SET revoked_at = $2, revoked_version = $3"
      " WHERE machine_id = $1 AND id <> $4 AND revoked_at IS NULL",
      {machine_id, to_micros(now), *version, kept});
}

}  // namespace

Result<NewSecret> add_credential(Database& database, const std::string& machine_id, Time now) {
  NewSecret secret = make_secret(SecretKind::machine);
  const auto made =
      database.run("INSERT INTO machine_credentials(id, machine_id, hash, created_at) VALUES($1, $2, $3, $4)",
                   {secret.id, machine_id, secret.hash, to_micros(now)});
  if (!made) return made.error();
  return secret;
}

Result<std::optional<Credential>> find_credential(Database& database, const SecretToken& token) {
  std::optional<Credential> found;
  const SecretHash hash = hash_secret(token.text);
  const auto read = database.run(
      "SELECT id, machine_id, created_at, used_at, revoked_at, hash FROM machine_credentials"
      " WHERE id = $1 AND revoked_at IS NULL",
      {token.id}, [&](const SqlRow& row) {
        if (is_same_hash(hash, row.text(5))) found = read_credential(row);
      });
  if (!read) return read.error();
  return found;
}

Result<void> use_credential(Database& database, const Credential& credential, Time now) {
  return database.transact([&]() -> Result<void> {
    const auto first = database.run(
        "UPDATE machine_credentials SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND revoked_at IS "
        "NULL",
        {credential.id, to_micros(now)});
    if (!first) return first.error();
    if (*first == 0) return {};
    std::int64_t others = 0;
    const auto read = database.run(
        "SELECT count(*) FROM machine_credentials WHERE machine_id = $1 AND id <> $2 AND revoked_at IS NULL",
        {credential.machine_id, credential.id}, [&](const SqlRow& row) { others = row.integer(0); });
    if (!read) return read.error();
    if (others == 0) return {};
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
  if (*held == 0) return Error{ErrorCode::not_found, "the credential has been revoked"};
  const auto dropped = database.run(
      "DELETE FROM machine_credentials WHERE machine_id = $1 AND id <> $2 AND used_at IS NULL", {machine_id, current});
  if (!dropped) return dropped.error();
  return add_credential(database, machine_id, now);
}

Result<std::int64_t> revoke_credentials(Database& database, const std::string& machine_id, Time now) {
  return revoke_others(database, machine_id, 0, now);
}

Result<std::vector<Credential>> list_credentials(Database& database, const std::string& machine_id) {
  std::vector<Credential> all;
  const auto read = database.run(
      "SELECT id, machine_id, created_at, used_at, revoked_at FROM machine_credentials"
      " WHERE revoked_at IS NULL AND ($1 = '' OR machine_id = $1) ORDER BY machine_id, created_at",
      {machine_id}, [&](const SqlRow& row) { all.push_back(read_credential(row)); });
  if (!read) return read.error();
  return all;
}

Result<Revoked> revoked_after(Database& database, std::int64_t version) {
  Revoked revoked;
  const auto now = read_accounts_version(database);
  if (!now) return now.error();
  revoked.version = *now;
  if (version < 0) return revoked;
  const auto read = database.run("SELECT id FROM machine_credentials WHERE revoked_version > $1", {version},
                                 [&](const SqlRow& row) { revoked.ids.push_back(row.integer(0)); });
  if (!read) return read.error();
  return revoked;
}

}  // namespace activitytrack::server
