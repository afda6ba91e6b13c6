#include "server/accounts/second_factor.hpp"
#include "server/accounts/login.hpp"

#include <doctest/doctest.h>

#include <liboath/oath.h>

#include "accounts_fixture.hpp"

#include <cstdlib>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

const std::string known_password = "correct horse battery";

/// The code that an app shows.
std::string code_at(const std::string& secret, Time now) {
  char* bytes = nullptr;
  std::size_t size = 0;
  REQUIRE(::oath_base32_decode(secret.data(), secret.size(), &bytes, &size) == OATH_OK);
  char code[7];
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  REQUIRE(::oath_totp_generate(bytes, size, static_cast<time_t>(seconds), 30, 0, 6, code) == OATH_OK);
  std::free(bytes);
  return code;
}

struct TwoFactors : AccountsApi {
  TwoFactors() {
    const auto hash = hash_password(known_password).value();
    for (const char* name : {"admin", "viewer"})
      REQUIRE(set_password(db, find_user(db, name).value()->id, hash, {.keep_tokens = true}).has_value());
    sessions["admin"] = begin_session(db, find_user(db, "admin").value()->id, clock.now()).value().text;
  }

  Response post(const std::string& target, const std::string& user, const std::string& code = "",
                const std::string& client = "10.0.0.1", const std::string& cookie = "") {
    std::string body = R"({"user":")" + user + R"(","password":")" + known_password + '"';
    if (!code.empty()) body += R"(,"code":")" + code + '"';
    body += '}';
    return ask({.method = "POST", .content_type = "application/json", .cookie = cookie, .body = body, .client = client},
               target);
  }
  Response login(const std::string& code = "", const std::string& user = "viewer") {
    return post("/api/login", user, code);
  }
  std::string enrol(const std::string& user = "viewer") {
    const auto made = post("/api/login/second-factor", user);
    REQUIRE(made.status == 200);
    return std::string(json_of(made).at("secret").as_string());
  }

  /// A factor in force, its secret and recovery codes; 30 s later, so that a new code is there.
  std::pair<std::string, std::vector<std::string>> set_up() {
    const std::string secret = enrol();
    const auto answer = login(code_at(secret, clock.now()));
    REQUIRE(answer.status == 200);
    std::vector<std::string> codes;
    const auto parsed = json_of(answer);
    for (const auto& code : parsed.at("recovery_codes").as_array()) codes.emplace_back(code.as_string());
    clock.pass(30s);
    return {secret, codes};
  }

  static std::string word_of(const Response& response) {
    const auto parsed = json_of(response);
    const auto* word = parsed.as_object().if_contains("second_factor");
    return word ? std::string(word->as_string()) : "";
  }
};

}  // namespace

TEST_CASE_FIXTURE(TwoFactors, "codes are those of RFC 6238") {
  const std::int64_t user = find_user(db, "viewer").value()->id;
  REQUIRE(db.execute("INSERT INTO second_factors(user_id, secret, in_force, last_step) VALUES($1, $2, 1, 0)",
                     {user, Bytes{"12345678901234567890"}})
              .has_value());
  CHECK(use_code(db, user, "287082", Time(59s)).value() == CodeUse::code);
  CHECK(use_code(db, user, "081 804", Time(1111111109s)).value() == CodeUse::code);
  CHECK(use_code(db, user, "081804", Time(1111111109s)).value() == CodeUse::wrong);
}

TEST_CASE_FIXTURE(TwoFactors, "a second factor is in force once a code of it was given") {
  const std::string first = enrol();
  CHECK(login().status == 200);
  CHECK(word_of(login("000000")) == "wrong");
  CHECK(login().status == 200);
  const std::string secret = enrol();
  CHECK(secret.size() == 32);
  CHECK(word_of(login(code_at(first, clock.now()))) == "wrong");
  const auto confirmed = login(code_at(secret, clock.now()));
  REQUIRE(confirmed.status == 200);
  CHECK(json_of(confirmed).at("recovery_codes").as_array().size() == 10);
  CHECK(post("/api/login/second-factor", "viewer").status == 409);

  const auto asked = login();
  CHECK(asked.status == 401);
  CHECK(word_of(asked) == "code");
  CHECK(header(asked, "Set-Cookie") == nullptr);
  CHECK(word_of(login(code_at(secret, clock.now()))) == "wrong");  // it was used
  clock.pass(30s);
  const auto answer = login(code_at(secret, clock.now()));
  CHECK(answer.status == 200);
  CHECK(answer.body == R"({"user":"viewer","role":"viewer","machines":["vm-1"]})");
}

TEST_CASE_FIXTURE(TwoFactors, "a clock may be off by one code, and none before the last is taken") {
  const std::string secret = set_up().first;
  const std::string before = code_at(secret, clock.now());
  CHECK(login(code_at(secret, clock.now() + 60s)).status == 401);
  CHECK(login(code_at(secret, clock.now() + 30s)).status == 200);
  CHECK(word_of(login(before)) == "wrong");
}

TEST_CASE_FIXTURE(TwoFactors, "a recovery code is good once, in any writing") {
  const auto codes = set_up().second;
  std::string typed = codes[0];
  for (char& c : typed) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == '-' ? ' ' : c;
  CHECK(login(typed).status == 200);
  CHECK(login(codes[0]).status == 401);
  CHECK(login(codes[1]).status == 200);
  bool is_written = false;
  for (const auto& entry : read_audit(db, {}).value())
    is_written = is_written || entry.details == R"({"second_factor":"recovery_code"})";
  CHECK(is_written);
}

TEST_CASE_FIXTURE(TwoFactors, "codes are not guessed from many addresses") {
  const std::string secret = set_up().first;
  for (int i = 0; i < 5; ++i)
    CHECK(post("/api/login", "viewer", "000000", "10.0.1." + std::to_string(i)).status == 401);
  CHECK(post("/api/login", "viewer", code_at(secret, clock.now()), "10.0.1.9").status == 429);
  clock.pass(61s);
  CHECK(post("/api/login", "viewer", code_at(secret, clock.now()), "10.0.1.9").status == 200);
}

TEST_CASE_FIXTURE(TwoFactors, "who must have one sets it up at the next sign-in") {
  services.second_factor = SecondFactorRule::admins;
  CHECK(login().status == 200);
  CHECK(word_of(login("", "admin")) == "enrol");
  CHECK(word_of(login("123456", "admin")) == "enrol");
  const std::string secret = enrol("admin");
  CHECK(word_of(login("", "admin")) == "code");
  CHECK(login(code_at(secret, clock.now()), "admin").status == 200);
  services.second_factor = SecondFactorRule::all;
  CHECK(word_of(login()) == "enrol");
}

TEST_CASE_FIXTURE(TwoFactors, "it is ended by its person with the password, and by an admin") {
  set_up();
  const auto end_own = [&](const std::string& word) {
    return ask_as(tokens["viewer"], "POST", "/api/me/second-factor/remove", R"({"password":")" + word + R"("})").status;
  };
  CHECK(end_own("wrong password") == 403);
  CHECK(end_own(known_password) == 200);
  CHECK(end_own(known_password) == 404);
  CHECK(login().status == 200);

  set_up();
  CHECK(ask_as(tokens["manager"], "DELETE", "/api/users/viewer/second-factor").status == 403);
  CHECK(ask_signed_in("admin", "DELETE", "/api/users/viewer/second-factor").status == 200);
  CHECK(ask_signed_in("admin", "DELETE", "/api/users/viewer/second-factor").status == 404);
  CHECK(login().status == 200);
}

TEST_CASE_FIXTURE(TwoFactors, "no token, and no session without the password, takes a factor off") {
  set_up();
  enrol("admin");
  CHECK(ask_as(tokens["admin"], "DELETE", "/api/users/viewer/second-factor").status == 403);
  CHECK(ask_signed_in("admin", "DELETE", "/api/users/Admin/second-factor").status == 403);
  CHECK(second_factor_of(db, find_user(db, "viewer").value()->id).value() == SecondFactorState::in_force);
  CHECK(second_factor_of(db, find_user(db, "admin").value()->id).value() == SecondFactorState::enrolled);
}
