#include "server/accounts/login_tries.hpp"

#include "server/accounts/secret_token.hpp"

#include <boost/asio/ip/address.hpp>

namespace activitytrack::server {
namespace {

constexpr std::int64_t free_names = 30;

std::int64_t micros(std::chrono::microseconds time) { return time.count(); }

Bytes names_of_client(std::string_view client) { return stored_hash(hash_secret("names\n" + network_of(client))); }

/// Counts a name before it is tried, unless the client has tried too many that nobody got in by. The count goes down by
/// one each minute.
Result<bool> count_name(Database& database, std::string_view client, Time now) {
  return database.changes_one(
      "INSERT INTO login_tries(client, tries, last_at) VALUES($1, 1, $2)"
      " ON CONFLICT(client) DO UPDATE SET last_at = $2, tries = 1 +"
      " CASE WHEN login_tries.tries > ($2 - login_tries.last_at) / $4"
      " THEN login_tries.tries - ($2 - login_tries.last_at) / $4 ELSE 0 END"
      " WHERE login_tries.tries - ($2 - login_tries.last_at) / $4 < $3",
      {names_of_client(client), now, free_names, micros(wait_between_tries)});
}

}  // namespace

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

Bytes tries_of_device(std::int64_t device) { return stored_hash(hash_secret("device\n" + std::to_string(device))); }

Result<bool> count_try(Database& database, const Bytes& who, Time now) {
  const auto tidied = database.execute("DELETE FROM login_tries WHERE last_at < $1", {now - tries_kept});
  if (!tidied) return tidied.error();
  return database.changes_one(
      "INSERT INTO login_tries(client, tries, last_at) VALUES($1, 1, $2)"
      " ON CONFLICT(client) DO UPDATE SET tries = login_tries.tries + 1, last_at = $2"
      " WHERE login_tries.tries < $3 OR login_tries.last_at <= $4",
      {who, now, free_tries, now - wait_between_tries});
}

Result<bool> count_try_of_stranger(Database& database, std::string_view user, std::string_view client, Time now) {
  const Bytes who = tries_of_client(user, client);
  const auto tried = database.finds("SELECT 1 FROM login_tries WHERE client = $1", {who});
  if (!tried) return tried.error();
  if (!*tried) {
    const auto allowed = count_name(database, client, now);
    if (!allowed || !*allowed) return allowed;
  }
  return count_try(database, who, now);
}

Response too_many_tries() {
  return over_limit({.policy = "sign-in", .quota = free_tries, .window = tries_kept, .reset = wait_between_tries},
                    "too many tries; wait a minute");
}

Result<void> forget_tries(Database& database, const Bytes& who) {
  return database.execute("DELETE FROM login_tries WHERE client = $1", {who});
}

Result<void> forget_tries_of_stranger(Database& database, std::string_view user, std::string_view client) {
  auto forgotten = forget_tries(database, tries_of_client(user, client));
  if (!forgotten) return forgotten;
  return database.execute("UPDATE login_tries SET tries = tries - 1 WHERE client = $1 AND tries > 0",
                          {names_of_client(client)});
}

}  // namespace activitytrack::server
