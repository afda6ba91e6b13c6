#include "server/accounts/credentials.hpp"
#include "server/accounts/login.hpp"
#include "server/accounts/secret_token.hpp"
#include "server/accounts/sessions.hpp"

#include "administration.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "wait.hpp"

#include <array>
#include <atomic>
#include <future>
#include <memory>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

TEST_CASE("a secret is recognized by its form") {
  const auto secret = make_secret(SecretKind::machine);
  CHECK(secret.text.size() == 64);
  CHECK(secret.text.starts_with("atm_"));
  const auto parsed = parse_secret(secret.text);
  REQUIRE(parsed.has_value());
  CHECK(parsed->kind == SecretKind::machine);
  CHECK(parsed->id == secret.id);
  CHECK(is_same_hash(hash_secret(secret.text), secret.hash.bytes));
  CHECK(make_secret(SecretKind::machine).text.substr(21) != secret.text.substr(21));

  const std::string body = secret.text.substr(4);
  for (const std::string& wrong :
       {std::string(), "atx_" + body, "ATM_" + body, secret.text + "A", secret.text.substr(0, 63),
        "atm_000000000000000G" + body.substr(16), "atm_ffffffffffffffff" + body.substr(16),
        "atm_0000000000000000" + body.substr(16)}) {
    CAPTURE(wrong);
    CHECK_FALSE(parse_secret(wrong).has_value());
  }
}

TEST_CASE("an id is read as it is written") {
  for (const std::int64_t id : {std::int64_t{1}, std::int64_t{0x1234}, INT64_MAX}) CHECK(parse_id(format_id(id)) == id);
  CHECK(format_id(0x1234) == "0000000000001234");
  for (const char* wrong : {"", "1234", "0000000000000000", "000000000000123g", "-000000000001234", "ffffffffffffffff"})
    CHECK_FALSE(parse_id(wrong).has_value());
}

TEST_CASE("what was read before a revocation is not kept after it") {
  CredentialCache cache;
  const auto secret = make_secret(SecretKind::machine), other = make_secret(SecretKind::machine);
  const auto hash = hash_secret(secret.text);
  CHECK_FALSE(cache.keep(secret.id, hash, "vm-1", 3));  // nothing is known of version 3
  cache.forget({}, 3);
  REQUIRE(cache.keep(secret.id, hash, "vm-1", 3));
  CHECK(cache.find(secret.id, hash)->machine_id == "vm-1");
  CHECK_FALSE(cache.find(secret.id, hash_secret(other.text)).has_value());
  CHECK_FALSE(cache.find(other.id, hash).has_value());

  const std::array revoked{secret.id};
  cache.forget(revoked, 4);
  CHECK(cache.version() == 4);
  CHECK_FALSE(cache.find(secret.id, hash).has_value());
  CHECK_FALSE(cache.still_good(secret.id));
  CHECK(cache.still_good(other.id));
  CHECK_FALSE(cache.keep(secret.id, hash, "vm-1", 3));
  cache.forget({}, 3);  // a slow thread's
  CHECK(cache.version() == 4);
}

TEST_CASE("no more credentials are kept than there is room for") {
  CredentialCache cache(2);
  cache.forget({}, 0);
  int kept = 0;
  std::vector<NewSecret> secrets;
  for (int i = 0; i < 5; ++i) {
    secrets.push_back(make_secret(SecretKind::machine));
    REQUIRE(cache.keep(secrets.back().id, hash_secret(secrets.back().text), "vm", 0));
    CHECK(cache.contains(secrets.back().id));
  }
  for (const auto& secret : secrets) kept += cache.contains(secret.id);
  CHECK(kept == 2);
}

TEST_CASE("a password is known by its hash, which is slow and salted") {
  const auto hash = hash_password("correct horse").value();
  CHECK(hash.starts_with("$argon2id$"));
  CHECK(hash_password("correct horse").value() != hash);
  CHECK(is_password("correct horse", hash));
  CHECK_FALSE(is_password("correct horsf", hash));
  CHECK_FALSE(is_password("", hash));
  CHECK_FALSE(is_password("the password of nobody", ""));
  CHECK(check_password("short").has_error());
  CHECK(check_password(std::string(1025, 'x')).has_error());
  CHECK(check_password("with\ncontrol").has_error());
  CHECK(check_password("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff").has_error());
  CHECK(check_password("ten chars!").has_value());
}

TEST_CASE("a time span is a number and a unit") {
  using namespace std::chrono_literals;
  CHECK(parse_duration("90s").value() == 90s);
  CHECK(parse_duration("90m").value() == 90min);
  CHECK(parse_duration("24h").value() == 24h);
  CHECK(parse_duration("2w").value() == 336h);
  for (const char* wrong : {"", "h", "24", "0h", "-1h", "1.5h", "24 h", "24hh", "999999999999999999999h", "11000d"})
    CHECK(parse_duration(wrong).has_error());
}
