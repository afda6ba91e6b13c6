// How people sign in, and how passwords are kept from being guessed, in every database.
#include "server/accounts/audit.hpp"
#include "server/accounts/credentials.hpp"
#include "server/accounts/login.hpp"
#include "server/accounts/login_tries.hpp"
#include "server/accounts/openid_people.hpp"
#include "server/accounts/second_factor.hpp"
#include "server/accounts/sessions.hpp"
#include "server/accounts/tokens.hpp"
#include "server/accounts/users.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "print_error.hpp"
#include "store_kinds.hpp"

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

using Status = LoginOutcome::Status;

const std::string password = "correct horse battery";

void add(Database& database, const std::string& name, std::vector<std::string> machines = {}) {
  static const std::string hash = hash_password(password).value();
  REQUIRE(add_user(database, {.name = name, .role = Role::viewer, .machines = std::move(machines)}, hash, noon)
              .has_value());
}

LoginOutcome try_login(Database& database, const std::string& user, const std::string& word, const std::string& client,
                       const std::string& device = "", Time now = noon) {
  const AuditEntry entry{.at = now, .action = "POST /api/login", .client = client, .status = 200};
  return log_in(database, {user, word, client, device}, entry, now).value();
}

}  // namespace

TEST_CASE_TEMPLATE("tries are counted: five, then one a minute", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  const auto who = tries_of_client("ann", "10.0.0.1");
  for (int i = 0; i < 5; ++i) CHECK(count_try(database, who, noon).value());
  CHECK_FALSE(count_try(database, who, noon + 59s).value());
  CHECK(count_try(database, tries_of_client("ann", "10.0.0.2"), noon).value());
  CHECK(count_try(database, tries_of_client("bob", "10.0.0.1"), noon).value());
  CHECK(count_try(database, who, noon + 60s).value());
  CHECK_FALSE(count_try(database, who, noon + 61s).value());
  CHECK(count_try(database, who, noon + 3h).value());
  CHECK(count_try(database, who, noon + 3h).value());

  CHECK(tries_of_client("ann", "2001:db8::1") == tries_of_client("ann", "2001:db8::2:3"));
  CHECK_FALSE(tries_of_client("ann", "2001:db8::1") == tries_of_client("ann", "2001:db8:0:1::1"));
}

TEST_CASE_TEMPLATE("an address that fails by many names is slowed, and no other", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  const auto count = [&](int name, const std::string& client, Time at) {
    return count_try_of_stranger(database, "name" + std::to_string(name), client, at).value();
  };
  for (int name = 0; name < 30; ++name) CHECK(count(name, "2001:db8::" + std::to_string(name), noon));
  CHECK_FALSE(count(30, "2001:db8::1", noon + 59s));
  CHECK(count(29, "2001:db8::1", noon + 59s));  // it has tries of its own left
  CHECK(count(30, "2001:db8:0:1::1", noon + 59s));
  CHECK(count(30, "2001:db8::1", noon + 60s));
  CHECK_FALSE(count(31, "2001:db8::1", noon + 60s));
  CHECK(count(31, "2001:db8::1", noon + 3min));
  CHECK(count(32, "2001:db8::1", noon + 3min));
  CHECK_FALSE(count(33, "2001:db8::1", noon + 3min));
}

TEST_CASE_TEMPLATE("an office that signs in from one address is not slowed", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  for (int name = 0; name < 200; ++name) {
    const std::string person = "name" + std::to_string(name);
    CHECK(count_try_of_stranger(database, person, "10.0.0.1", noon).value());
    CHECK(count_try_of_stranger(database, person, "10.0.0.1", noon).value());
    REQUIRE(forget_tries_of_stranger(database, person, "10.0.0.1").has_value());
  }
}

TEST_CASE_TEMPLATE("signing in takes the password, and a known browser is not locked out", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  add(database, "ann", {"vm-1"});
  CHECK(try_login(database, "ann", "wrong password", "10.0.0.1").status == Status::wrong);
  CHECK(try_login(database, "nobody", password, "10.0.0.1").status == Status::wrong);
  const auto signed_in = try_login(database, "Ann", password, "10.0.0.1");
  REQUIRE(signed_in.status == Status::signed_in);
  REQUIRE(signed_in.device.has_value());
  CHECK(signed_in.user.machines == std::vector<std::string>{"vm-1"});
  CHECK(find_session(database, parse_secret(signed_in.session.text).value(), noon).value().has_value());
  const auto written = read_audit(database, {}).value();
  REQUIRE(written.size() == 1);
  CHECK(written[0].action == "POST /api/login");

  const std::string& device = signed_in.device->text;
  for (int i = 0; i < 5; ++i) try_login(database, "ann", "wrong password", "10.0.0.1");
  CHECK(try_login(database, "ann", password, "10.0.0.1").status == Status::too_often);
  CHECK(try_login(database, "ann", password, "10.0.0.2").status == Status::signed_in);
  const auto again = try_login(database, "ann", password, "10.0.0.1", device);
  CHECK(again.status == Status::signed_in);
  CHECK_FALSE(again.device.has_value());
}

TEST_CASE_TEMPLATE("a browser that somebody else is known by is a stranger's", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  add(database, "ann");
  add(database, "eve");
  const auto device = try_login(database, "eve", password, "10.0.0.1").device.value().text;
  for (int i = 0; i < 5; ++i) try_login(database, "ann", "wrong password", "10.0.0.1", device);
  CHECK(try_login(database, "ann", password, "10.0.0.1", device).status == Status::too_often);
}

TEST_CASE_TEMPLATE("a sign-in by another service is begun and ended once", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  const auto begun = begin_openid_sign_in(database, "10.0.0.1", noon).value();
  const auto late = begin_openid_sign_in(database, "10.0.0.1", noon).value();
  const auto token = parse_secret(begun.text).value();
  CHECK(token.kind == SecretKind::openid);
  CHECK(end_openid_sign_in(database, token, noon).value());
  CHECK_FALSE(end_openid_sign_in(database, token, noon).value());
  CHECK_FALSE(end_openid_sign_in(database, parse_secret(late.text).value(), noon + openid_sign_in_length).value());
}

TEST_CASE_TEMPLATE("who begins many sign-ins keeps nobody else out", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  const auto own = begin_openid_sign_in(database, "10.0.0.1", noon).value();
  const auto first = begin_openid_sign_in(database, "10.0.0.2", noon).value();
  REQUIRE(database
              .transact([&]() -> Result<void> {
                for (int i = 0; i < 1'000; ++i) {
                  const auto begun = begin_openid_sign_in(database, "10.0.0.2", noon + std::chrono::seconds(1));
                  if (!begun) return begun.error();
                }
                return {};
              })
              .has_value());
  CHECK(select_number(database, "SELECT count(*) FROM openid_sign_ins").value() == 1'001);
  CHECK_FALSE(end_openid_sign_in(database, parse_secret(first.text).value(), noon).value());
  CHECK(end_openid_sign_in(database, parse_secret(own.text).value(), noon).value());
}

TEST_CASE_TEMPLATE("what an admin of another service made for others ends with the role", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  add(database, "ann");
  const std::int64_t ann = find_user(database, "ann").value()->id;
  const Time later = noon + std::chrono::hours(1);
  const auto renew = [&](Role role) {
    return transact(database,
                    [&] {
                      return renew_openid_person(
                          database, {.issuer = "https://a", .subject = "1", .wanted_name = "eve", .role = role}, noon);
                    })
        .value();
  };
  const auto make_tokens = [&] {
    const std::int64_t eve = renew(Role::admin).after.id;
    const auto token = create_api_token(database, ann, {.expires_at = later}, noon, {.user = eve});
    const auto child =
        create_enrolment_token(database, {.expires_at = later, .uses = 1}, noon, {.user = ann, .token = token->id});
    return child.has_value() && create_enrolment_token(database, {.expires_at = later, .uses = 1}, noon, {.user = eve});
  };
  const auto left = [&](std::string_view table) {
    return select_number(database, "SELECT count(*) FROM " + std::string(table)).value();
  };
  REQUIRE(make_tokens());
  const auto demoted = renew(Role::viewer);
  CHECK(demoted.before.role == Role::admin);
  CHECK(demoted.after.role == Role::viewer);
  CHECK(demoted.ended.enrolment_tokens == 2);
  CHECK(left("api_tokens") == 0);
  CHECK(left("enrolment_tokens") == 0);

  REQUIRE(make_tokens());
  const auto shut_out =
      transact(database, [&] { return shut_out_openid_person(database, "https://a", "1"); }).value().value();
  CHECK(shut_out.ended.tokens == 1);
  CHECK(left("api_tokens") == 0);
  CHECK(left("enrolment_tokens") == 0);
}

TEST_CASE_TEMPLATE("people of another service are known by issuer and subject alone", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  add(database, "ann");
  const auto renew = [&](const std::string& issuer, const std::string& subject, Role role) {
    return transact(database, [&] {
      return renew_openid_person(
          database, {.issuer = issuer, .subject = subject, .wanted_name = "Ann", .role = role, .machines = {"vm-1"}},
          noon);
    });
  };
  const auto first = renew("https://a", "1", Role::manager).value().after;
  CHECK(first.name.starts_with("ann-"));
  CHECK(first.machines == std::vector<std::string>{"vm-1"});
  CHECK(renew("https://a", "1", Role::viewer).value().after.id == first.id);
  CHECK(find_user(database, first.name).value()->role == Role::viewer);
  CHECK(renew("https://b", "1", Role::viewer).value().after.id != first.id);
  CHECK(find_user(database, "ann").value()->machines.empty());
  CHECK(set_password(database, first.id, "x").error().code == ErrorCode::conflict);

  const auto session = begin_session(database, first.id, noon).value();
  REQUIRE(transact(database, [&] { return shut_out_openid_person(database, "https://a", "1"); }).has_value());
  CHECK_FALSE(find_session(database, parse_secret(session.text).value(), noon).value().has_value());
  CHECK(find_user(database, first.name).value()->machines.empty());
  REQUIRE(transact(database, [&] { return remove_user(database, first.name); }).has_value());
  CHECK(renew("https://a", "1", Role::viewer).value().after.id != first.id);
}

TEST_CASE_TEMPLATE("a second factor's codes are used up in the database", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  add(database, "ann");
  const std::int64_t ann = find_user(database, "ann").value()->id;
  CHECK(second_factor_of(database, ann).value() == SecondFactorState::none);
  const auto first = enrol_second_factor(database, ann, "ann").value();
  CHECK(enrol_second_factor(database, ann, "ann").value().secret != first.secret);
  CHECK(second_factor_of(database, ann).value() == SecondFactorState::enrolled);
  const auto codes = confirm_second_factor(database, ann, noon).value();
  CHECK(second_factor_of(database, ann).value() == SecondFactorState::in_force);
  CHECK(enrol_second_factor(database, ann, "ann").error().code == ErrorCode::conflict);
  CHECK(use_code(database, ann, codes.at(9), noon).value() == CodeUse::recovery_code);
  CHECK(use_code(database, ann, codes.at(9), noon).value() == CodeUse::wrong);
  REQUIRE(
      database.execute("UPDATE second_factors SET secret = $2 WHERE user_id = $1", {ann, Bytes{"12345678901234567890"}})
          .has_value());
  CHECK(use_code(database, ann, "287082", Time(59s)).value() == CodeUse::code);
  CHECK(use_code(database, ann, "287082", Time(59s)).value() == CodeUse::wrong);
  REQUIRE(reset_second_factor(database, ann).has_value());
  CHECK(use_code(database, ann, codes.at(0), noon).value() == CodeUse::wrong);
}
