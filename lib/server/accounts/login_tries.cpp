#include "server/accounts/login_tries.hpp"

#include "server/accounts/login.hpp"
#include "server/accounts/secret_token.hpp"
#include "server/events/event_row.hpp"

#include <boost/asio/ip/address.hpp>

namespace activitytrack::server {
namespace {

constexpr std::int64_t free_tries = 5;
constexpr std::chrono::hours kept{1};

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
  const auto tidied = database.run("DELETE FROM login_tries WHERE last_at < $1", {to_micros(now - kept)});
  if (!tidied) return tidied.error();
  const auto counted = database.run(
      "INSERT INTO login_tries(client, tries, last_at) VALUES($1, 1, $2)"
      " ON CONFLICT(client) DO UPDATE SET tries = login_tries.tries + 1, last_at = $2"
      " WHERE login_tries.tries < $3 OR login_tries.last_at <= $4",
      {who, to_micros(now), free_tries, to_micros(now - wait_between_tries)});
  if (!counted) return counted.error();
  return *counted > 0;
}

Result<void> forget_tries(Database& database, const Bytes& who) {
  const auto forgotten = database.run("DELETE FROM login_tries WHERE client = $1", {who});
  if (!forgotten) return forgotten.error();
  return {};
}

}  // namespace activitytrack::server
