#include "accounts_fixture.hpp"

#include "server/accounts/login.hpp"
#include "server/accounts/login_tries.hpp"

#include <doctest/doctest.h>
#include <boost/json/parse.hpp>

#include <algorithm>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

const std::string password = "correct horse battery";

std::string text_of(const Response& response, std::string_view name) {
  return std::string(json_of(response).as_object().at(name).as_string());
}

std::vector<std::string> cookies_of(const Response& response) {
  std::vector<std::string> cookies;
  for (const auto& [name, value] : response.headers) {
    if (name == "Set-Cookie") cookies.push_back(value);
  }
  return cookies;
}

std::string value_of(const std::string& cookie) {
  return cookie.substr(cookie.find('=') + 1, cookie.find(';') - cookie.find('=') - 1);
}

struct SignedIn : AccountsApi {
  SignedIn() { REQUIRE(set_password(db, user_id("viewer"), hash_password(password).value()).has_value()); }

  std::int64_t user_id(std::string_view name) { return find_user(db, name).value().value().id; }

  Response login(std::string_view body, std::string_view origin = "", bool is_secure = false) {
    return ask({.method = "POST",
                .content_type = "application/json",
                .origin = std::string(origin),
                .body = body,
                .is_secure = is_secure},
               "/api/login");
  }

  Response by_session(std::string_view method, std::string_view target, const std::string& session,
                      std::string_view body = "{}") {
    return ask({.method = std::string(method),
                .content_type = "application/json",
                .cookie = "session=" + session,
                .origin = "http://track.example",
                .body = body},
               target);
  }
};

const std::string right = R"({"user":"viewer","password":")" + password + R"("})";

}  // namespace

TEST_CASE_FIXTURE(SignedIn, "who signs in has a session in a cookie that scripts and other sites do not see") {
  const auto plain = login(right, "http://track.example");
  REQUIRE(plain.status == 200);
  CHECK(plain.body == R"({"user":"viewer","role":"viewer","machines":["vm-1"]})");
  REQUIRE(cookies_of(plain).size() == 2);
  const std::string session = cookies_of(plain)[0];
  CHECK(session.starts_with("session=ats_"));
  CHECK(session.find("; Path=/; HttpOnly; SameSite=Strict; Max-Age=") != std::string::npos);
  CHECK(session.find("Secure") == std::string::npos);
  CHECK(by_session("GET", "/api/me", value_of(session)).status == 200);

  const auto secure = login(right, "", true);
  const auto secure_cookies = cookies_of(secure);
  for (const auto& cookie : secure_cookies) {
    CHECK(cookie.starts_with("__Host-"));
    CHECK(cookie.ends_with("; Secure"));
  }

  CHECK(by_session("POST", "/api/logout", value_of(session)).status == 200);
  CHECK(by_session("GET", "/api/me", value_of(session)).status == 401);
}

TEST_CASE_FIXTURE(SignedIn, "a wrong sign-in tells nothing of what was wrong") {
  const auto wrong = login(R"({"user":"viewer","password":"something else"})");
  const auto nobody = login(R"({"user":"nobody","password":"something else"})");
  const auto no_name = login(R"({"user":"not a name","password":"something else"})");
  CHECK(wrong.status == 401);
  CHECK(wrong.body == nobody.body);
  CHECK(wrong.body == no_name.body);
  CHECK(cookies_of(wrong).empty());
  CHECK(login("[]").status == 400);
  CHECK(login(R"({"user":"viewer"})").status == 400);
  CHECK(login(right, "http://evil.example").status == 403);

  for (int i = 0; i < 4; ++i) login(R"({"user":"nobody","password":"something else"})");
  const auto locked = login(R"({"user":"nobody","password":"something else"})");
  CHECK(locked.status == 429);
  CHECK(*header(locked, "Retry-After") == "60");
}

TEST_CASE_FIXTURE(SignedIn, "refused passwords are written down, with the name that was tried") {
  login(R"({"user":"Nobody\u0000)" + std::string(80, 'x') + R"(","password":"something else"})");
  by_session("POST", "/api/me/password", sessions["admin"],
             R"({"old_password":"wrong password","password":"another password"})");
  std::vector<std::string> seen;
  for (const auto& entry : read_audit(db, {}).value()) {
    seen.push_back(entry.name + " " + entry.action + " " + entry.client + " " + std::to_string(entry.status));
  }
  std::ranges::sort(seen);
  CHECK(seen == std::vector<std::string>{"Nobody?" + std::string(57, 'x') + " POST /api/login 10.0.0.1 401",
                                         "admin POST /api/me/password 10.0.0.1 403"});
}

TEST_CASE_FIXTURE(SignedIn, "a browser is known by the cookie that it was given") {
  const auto cookie = cookies_of(login(right))[1];
  const std::string given = cookie.substr(0, cookie.find(';'));
  const std::string made_up = "device=" + make_secret(SecretKind::device).text;
  REQUIRE(given.size() == made_up.size());
  CHECK(is_known_device(db, {.cookie = given}, clock.now()).value());
  CHECK_FALSE(is_known_device(db, {.cookie = made_up}, clock.now()).value());
  CHECK_FALSE(is_known_device(db, {.cookie = given}, clock.now() + device_known).value());
  // The id of one that is known does not help without the rest.
  const std::string mixed = given.substr(0, given.size() - 43) + made_up.substr(made_up.size() - 43);
  CHECK_FALSE(is_known_device(db, {.cookie = mixed}, clock.now()).value());
}

TEST_CASE_FIXTURE(SignedIn, "who failed by many names waits, unless the browser is known") {
  const auto cookie = cookies_of(login(right))[1];
  for (int i = 0; i < 30; ++i)
    REQUIRE(count_try_of_stranger(db, "name" + std::to_string(i), "10.0.0.1", clock.now()).value());
  const auto refused = login(right);
  CHECK(refused.status == 429);
  CHECK(*header(refused, "Retry-After") == "60");
  const auto known = ask({.method = "POST",
                          .content_type = "application/json",
                          .cookie = cookie.substr(0, cookie.find(';')),
                          .body = right},
                         "/api/login");
  CHECK(known.status == 200);
  clock.pass(std::chrono::seconds(61));
  CHECK(login(right).status == 200);
}

TEST_CASE_FIXTURE(SignedIn, "guesses at the old password are slowed down") {
  const auto guess = [&] {
    return by_session("POST", "/api/me/password", sessions["admin"],
                      R"({"old_password":"wrong password","password":"another password"})");
  };
  for (int i = 0; i < 5; ++i) CHECK(guess().status == 403);
  const auto refused = guess();
  CHECK(refused.status == 429);
  REQUIRE(header(refused, "Retry-After"));
  CHECK(*header(refused, "Retry-After") == "60");
}

TEST_CASE_FIXTURE(SignedIn, "a password is changed by who knows it, and ends the sessions elsewhere") {
  const auto here = value_of(cookies_of(login(right))[0]), there = value_of(cookies_of(login(right))[0]);
  const auto change = [&](std::string_view old_password, std::string_view fresh) {
    const std::string body =
        R"({"old_password":")" + std::string(old_password) + R"(","password":")" + std::string(fresh) + R"("})";
    return by_session("POST", "/api/me/password", here, body).status;
  };
  CHECK(change("wrong password", "another password") == 403);
  CHECK(change(password, "short") == 400);
  CHECK(change(password, "another password") == 200);
  CHECK(by_session("GET", "/api/me", here).status == 200);
  CHECK(by_session("GET", "/api/me", there).status == 401);
  CHECK(login(right).status == 401);
  CHECK(login(R"({"user":"viewer","password":"another password"})").status == 200);
}

TEST_CASE_FIXTURE(AccountsApi, "an enrolment token is traded once for a machine") {
  const std::string token = enrolment_token().text;
  const auto enrolled = ask_as(token, "POST", "/api/enroll", R"({"machine_id":"vm-9"})");
  REQUIRE(enrolled.status == 200);
  CHECK(text_of(enrolled, "machine_id") == "vm-9");
  const std::string credential = text_of(enrolled, "credential");
  CHECK(credential.starts_with("atm_"));
  CHECK(ask_as(credential, "POST", "/api/events", R"({"events":[]})").status == 200);
  CHECK(ask_as(token, "POST", "/api/enroll", R"({"machine_id":"vm-9"})").status == 409);
  CHECK(ask_as(token, "POST", "/api/enroll", R"({"machine_id":"vm 9"})").status == 400);
  CHECK(ask_as(token, "POST", "/api/enroll", "{}").status == 400);

  const auto rotated = ask_as(credential, "POST", "/api/credentials/rotate", "{}");
  REQUIRE(rotated.status == 200);
  const std::string fresh = text_of(rotated, "credential");
  CHECK(ask_as(credential, "POST", "/api/events", R"({"events":[]})").status == 200);
  CHECK(ask_as(fresh, "POST", "/api/events", R"({"events":[]})").status == 200);
  CHECK(ask_as(credential, "POST", "/api/credentials/rotate", "{}").status == 401);
}

TEST_CASE_FIXTURE(AccountsApi, "an admin makes, lists and ends enrolment tokens") {
  const auto made =
      ask_signed_in("admin", "POST", "/api/enroll-tokens", R"({"uses":3,"label":"lab","expires_hours":2})");
  REQUIRE(made.status == 201);
  CHECK(text_of(made, "expires_at") == "2024-01-15T14:00:00Z");
  const auto list = ask_signed_in("admin", "GET", "/api/enroll-tokens");
  CHECK(list.body.find(R"("label":"lab")") != std::string::npos);
  CHECK(list.body.find(text_of(made, "token")) == std::string::npos);
  CHECK(ask_signed_in("admin", "DELETE", "/api/enroll-tokens/" + text_of(made, "id")).status == 200);
  CHECK(ask_signed_in("admin", "DELETE", "/api/enroll-tokens/" + text_of(made, "id")).status == 404);
  CHECK(ask_as(text_of(made, "token"), "POST", "/api/enroll", R"({"machine_id":"vm-9"})").status == 401);
  CHECK(ask_signed_in("admin", "POST", "/api/enroll-tokens", R"({"uses":0})").status == 400);
  CHECK(ask_signed_in("admin", "POST", "/api/enroll-tokens", R"({"uses":"3"})").status == 400);
}

TEST_CASE_FIXTURE(AccountsApi, "an admin adds, changes and removes people") {
  const std::string ann = R"({"user":"Ann","role":"viewer","machines":["vm-7"],"password":"correct horse"})";
  const auto made = ask_signed_in("admin", "POST", "/api/users", ann);
  CHECK(made.status == 201);
  CHECK(text_of(made, "user") == "ann");
  CHECK(ask_signed_in("admin", "POST", "/api/users", ann).status == 409);
  CHECK(ask_signed_in("admin", "POST", "/api/users", R"({"user":"bob","role":"king","password":"correct horse"})")
            .status == 400);
  CHECK(ask_signed_in("admin", "POST", "/api/users", R"({"user":"bob","role":"self"})").status == 400);
  const auto changed = ask_signed_in("admin", "PATCH", "/api/users/ann", R"({"role":"manager"})");
  CHECK(changed.body.find(R"("role":"manager","machines":["vm-7"])") != std::string::npos);
  CHECK(ask_signed_in("admin", "PATCH", "/api/users/nobody", R"({"role":"self"})").status == 404);
  CHECK(ask_signed_in("admin", "PATCH", "/api/users/admin", R"({"role":"self"})").status == 409);
  CHECK(ask_signed_in("admin", "GET", "/api/users").body.find("correct") == std::string::npos);
  CHECK(ask_signed_in("admin", "DELETE", "/api/users/ann").status == 200);
  CHECK(ask_signed_in("admin", "DELETE", "/api/users/ann").status == 404);
}

TEST_CASE_FIXTURE(AccountsApi, "nobody is given a machine whose id cannot be one") {
  for (const char* id : {"", ".", "..", "a\\u0000", "a\\n", "a\\u0085"}) {
    CAPTURE(id);
    const std::string machines = R"("machines":["vm-7",")" + std::string(id) + R"("])";
    const auto made = ask_signed_in("admin", "POST", "/api/users",
                                    R"({"user":"ann","role":"viewer","password":"correct horse",)" + machines + "}");
    CHECK(made.status == 400);
    CHECK(text_of(made, "detail").starts_with("machines: "));
    CHECK(ask_signed_in("admin", "PATCH", "/api/users/viewer", "{" + machines + "}").status == 400);
  }
  const auto users = ask_signed_in("admin", "GET", "/api/users").body;
  CHECK(users.find("ann") == users.npos);
  CHECK(users.find("vm-7") == users.npos);
}

TEST_CASE_FIXTURE(AccountsApi, "people see and end their own tokens, an admin everybody's") {
  const auto made = ask_as(tokens["viewer"], "POST", "/api/tokens", R"({"label":"mine","expires_days":1})");
  REQUIRE(made.status == 201);
  const std::string path = "/api/tokens/" + text_of(made, "id");
  CHECK(ask_as(text_of(made, "token"), "GET", "/api/me").status == 200);
  CHECK(ask_as(tokens["manager"], "GET", "/api/tokens").body.find("mine") == std::string::npos);
  CHECK(ask_as(tokens["manager"], "DELETE", path).status == 404);
  CHECK(ask_as(tokens["manager"], "POST", "/api/tokens", R"({"user":"viewer"})").status == 403);
  CHECK(ask_as(tokens["admin"], "GET", "/api/tokens").body.find("mine") != std::string::npos);
  CHECK(read_audit(db, {.name = "admin"}).value().at(0).action == "GET /api/tokens");
  CHECK(ask_as(tokens["admin"], "POST", "/api/tokens", R"({"user":"viewer"})").status == 201);
  CHECK(ask_as(tokens["viewer"], "DELETE", path).status == 200);
  CHECK(ask_as(text_of(made, "token"), "GET", "/api/me").status == 401);
}

TEST_CASE_FIXTURE(AccountsApi, "who reads a machine is written down, for its person to read") {
  ask_as(tokens["viewer"], "GET", "/api/machines/vm-1");
  ask_as(tokens["viewer"], "GET", "/api/machines/vm-2");
  ask_as(tokens["admin"], "DELETE", "/api/machines/vm-1/credentials");
  ask_as(machine, "POST", "/api/events", R"({"events":[]})");  // of what machines send, nothing
  gate.reset();                                                // writes what waits
  gate = make_account_gate(db, clock, log);

  const auto audit = ask_as(tokens["self"], "GET", "/api/audit?machine=vm-1");
  REQUIRE(audit.status == 200);
  std::vector<std::string> seen;
  const auto parsed = json_of(audit);
  for (const auto& entry : parsed.at("entries").as_array()) {
    seen.push_back(std::string(entry.at("name").as_string()) + " " + std::string(entry.at("action").as_string()) + " " +
                   std::string(entry.at("client").as_string()));
  }
  std::ranges::sort(seen);
  CHECK(seen == std::vector<std::string>{"admin DELETE /api/machines/{id}/credentials 10.0.0.1",
                                         "viewer GET /api/machines/{id} 10.0.0.1"});
  CHECK(ask_as(tokens["admin"], "GET", "/api/audit?machine=vm-2").body.find(R"("status":403)") != std::string::npos);
}

TEST_CASE_FIXTURE(AccountsApi, "the audit log is for admins, and for who has to do with a machine") {
  CHECK(ask_as(tokens["admin"], "GET", "/api/audit").status == 200);
  for (const std::string name : {"manager", "self", "viewer"}) {
    CHECK(ask_as(tokens[name], "GET", "/api/audit").status == 403);
    CHECK(ask_as(tokens[name], "GET", "/api/audit?machine=vm-2").status == 403);
  }
  CHECK(ask_as(tokens["manager"], "GET", "/api/audit?machine=vm-1").status == 200);
  CHECK(ask_as(tokens["viewer"], "GET", "/api/audit?machine=vm-1").status == 403);
  CHECK(ask_as(tokens["admin"], "GET", "/api/audit?cursor=x").status == 400);
}

TEST_CASE("a server without users is set up by its link, once") {
  Api api(true);
  const auto link = create_setup_link(*api.store.database, api.clock.now()).value().value();
  const auto page = api.get("/setup?token=" + link.text);
  CHECK(page.status == 200);
  CHECK(header(page, "Content-Security-Policy")->find("default-src 'none'; script-src 'sha256-") == 0);
  CHECK(*header(page, "Referrer-Policy") == "no-referrer");
  CHECK(page.body.find(link.text) == std::string::npos);
  CHECK(api.get("/setup?token=x").status == 404);
  CHECK(api.get("/setup").status == 404);

  const auto set_up = [&](const std::string& token) {
    const std::string body = R"({"token":")" + token + R"(","user":"root","password":"correct horse"})";
    return api.call({.method = "POST", .content_type = "application/json", .body = body}, "/api/setup").status;
  };
  CHECK(set_up(make_secret(SecretKind::setup).text) == 404);
  CHECK(set_up(link.text) == 200);
  CHECK(set_up(link.text) == 404);
  CHECK(api.get("/setup?token=" + link.text).status == 404);
  CHECK(find_user(*api.store.database, "root").value()->role == Role::admin);
}
