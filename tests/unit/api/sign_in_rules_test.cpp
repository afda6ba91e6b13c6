// What a token may not do, how sessions are seen and ended, and what the audit log says of changes.
#include "accounts_fixture.hpp"

#include "server/accounts/login.hpp"

#include <doctest/doctest.h>
#include <boost/json/serialize.hpp>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

std::string text_of(const Response& response, std::string_view name) {
  return std::string(json_of(response).as_object().at(name).as_string());
}

struct Rules : AccountsApi {
  /// A second after what was before, so that the audit log is in order.
  Response by(const std::string& name, std::string_view method, std::string_view target, std::string_view body = "") {
    clock.pass(std::chrono::seconds(1));
    return ask_signed_in(name, method, target, body);
  }
  Response admin(std::string_view method, std::string_view target, std::string_view body = "") {
    return by("admin", method, target, body);
  }

  /// The latest entry's target and details, as JSON.
  std::string latest() {
    const auto entry = json_of(admin("GET", "/api/audit?limit=1")).at("entries").at(0);
    return std::string(boost::json::serialize(entry.at("target"))) + ' ' +
           std::string(boost::json::serialize(entry.at("details")));
  }

  /// Entries of what is not read, by what they did and the status.
  std::size_t count(std::string_view query) {
    return json_of(admin("GET", "/api/audit?" + std::string(query))).at("entries").as_array().size();
  }
};

const std::string ann = R"({"user":"ann","role":"viewer","machines":["vm-7"],"password":"correct horse"})";

}  // namespace

TEST_CASE_FIXTURE(Rules, "a token makes no people and sets no passwords") {
  const auto& token = tokens["admin"];
  CHECK(ask_as(token, "POST", "/api/users", ann).status == 403);
  CHECK(ask_as(token, "PATCH", "/api/users/viewer", R"({"role":"admin"})").status == 403);
  CHECK(ask_as(token, "PATCH", "/api/users/viewer", R"({"password":"correct horse"})").status == 403);
  CHECK(ask_as(token, "POST", "/api/me/password", R"({"old_password":"x","password":"correct horse"})").status == 403);
  CHECK(admin("POST", "/api/users", ann).status == 201);
  CHECK(ask_as(token, "DELETE", "/api/users/ann").status == 200);
}

TEST_CASE_FIXTURE(Rules, "an admin's session does not set the admin's own password without the old one") {
  const auto refused = admin("PATCH", "/api/users/Admin", R"({"password":"correct horse"})");
  CHECK(refused.status == 403);
  CHECK(refused.body.find("POST /api/me/password") != std::string::npos);
  CHECK(admin("PATCH", "/api/users/viewer", R"({"password":"correct horse"})").status == 200);
  CHECK(count("person=admin&target=admin") == 1);  // the refusal is written down
}

TEST_CASE_FIXTURE(Rules, "what a token makes is good for no longer than the token") {
  const auto ends = text_of(ask_as(tokens["admin"], "POST", "/api/tokens", R"({"expires_days":3650})"), "expires_at");
  CHECK(ends == "2024-01-15T13:00:00Z");
  CHECK(text_of(ask_as(tokens["admin"], "POST", "/api/enroll-tokens", R"({"expires_hours":8784})"), "expires_at") ==
        ends);
  const auto child = ask_as(tokens["manager"], "POST", "/api/tokens", R"({"may_write":true})");
  CHECK(text_of(child, "expires_at") == ends);
  const auto id = parse_secret(tokens["manager"]).value().id;
  CHECK(json_of(ask_as(tokens["manager"], "GET", "/api/tokens")).at("tokens").as_array().size() == 2);
  const auto revoked = ask_as(tokens["manager"], "DELETE", "/api/tokens/" + format_id(id));
  CHECK(revoked.body == R"({"ended":{"sessions":0,"tokens":1,"enroll_tokens":0}})");
  CHECK(ask_as(text_of(child, "token"), "GET", "/api/me").status == 401);
}

TEST_CASE_FIXTURE(Rules, "a reset ends what the person came by, and says how much") {
  const auto reset = admin("PATCH", "/api/users/viewer", R"({"password":"correct horse"})");
  CHECK(reset.body.find(R"("ended":{"sessions":1,"tokens":1,"enroll_tokens":0})") != std::string::npos);
  CHECK(ask_as(tokens["viewer"], "GET", "/api/me").status == 401);
  CHECK(by("viewer", "GET", "/api/me").status == 401);
  CHECK(latest() == R"({"kind":"person","id":"viewer","label":null})"
                    R"( {"password":"reset","sessions_ended":1,"tokens_ended":1})");
}

TEST_CASE_FIXTURE(Rules, "an own change ends tokens unless they are to stay") {
  REQUIRE(set_password(db, find_user(db, "viewer").value()->id, hash_password("correct horse").value(),
                       {.kept_session = parse_secret(sessions["viewer"])->id, .keep_tokens = true})
              .has_value());
  const auto change = [&](const std::string& more) {
    return by("viewer", "POST", "/api/me/password",
              R"({"old_password":"correct horse","password":"correct horse")" + more + "}");
  };
  CHECK(change(R"(,"keep_tokens":true)").body == R"({"ended":{"sessions":0,"tokens":0,"enroll_tokens":0}})");
  CHECK(ask_as(tokens["viewer"], "GET", "/api/me").status == 200);
  CHECK(change("").body == R"({"ended":{"sessions":0,"tokens":1,"enroll_tokens":0}})");
  CHECK(ask_as(tokens["viewer"], "GET", "/api/me").status == 401);
  CHECK(by("viewer", "GET", "/api/me").status == 200);
  CHECK(latest() == R"({"kind":"person","id":"viewer","label":null} {"password":"changed","tokens_ended":1})");
}

TEST_CASE_FIXTURE(Rules, "people see and end their sessions, an admin anybody's") {
  const auto other =
      begin_session(db, find_user(db, "viewer").value()->id, clock.now(), {"10.0.0.9", "Firefox"}).value();
  const auto listed = json_of(by("viewer", "GET", "/api/me/sessions")).at("sessions").as_array();
  REQUIRE(listed.size() == 2);
  for (const auto& session : listed) {
    const bool is_other = session.at("id").as_string() == format_id(other.id);
    CHECK(session.at("current").as_bool() == !is_other);
    if (is_other) CHECK(session.at("user_agent").as_string() == "Firefox");
    if (is_other) CHECK(session.at("client").as_string() == "10.0.0.9");
  }
  CHECK(by("manager", "DELETE", "/api/me/sessions/" + format_id(other.id)).status == 404);
  CHECK(by("viewer", "DELETE", "/api/me/sessions/" + format_id(other.id)).status == 200);
  begin_session(db, find_user(db, "viewer").value()->id, clock.now()).value();
  CHECK(by("viewer", "DELETE", "/api/me/sessions").body == R"({"ended":{"sessions":1,"tokens":0,"enroll_tokens":0}})");
  CHECK(by("viewer", "GET", "/api/me").status == 200);

  CHECK(by("manager", "GET", "/api/users/viewer/sessions").status == 403);
  CHECK(json_of(admin("GET", "/api/users/viewer/sessions")).at("sessions").as_array().size() == 1);
  CHECK(admin("DELETE", "/api/users/viewer/sessions").status == 200);
  CHECK(by("viewer", "GET", "/api/me").status == 401);
  CHECK(latest() == R"({"kind":"person","id":"viewer","label":null} {"sessions_ended":1})");
}

TEST_CASE_FIXTURE(Rules, "the audit log says what changed and for whom") {
  admin("POST", "/api/users", ann);
  CHECK(latest() == R"({"kind":"person","id":"ann","label":null} )"
                    R"({"role":{"from":null,"to":"viewer"},"machines":{"given":["vm-7"],"taken":[]}})");
  admin("PATCH", "/api/users/ann", R"({"role":"manager","machines":["vm-8"]})");
  CHECK(latest() == R"({"kind":"person","id":"ann","label":null} )"
                    R"({"role":{"from":"viewer","to":"manager"},"machines":{"given":["vm-8"],"taken":["vm-7"]}})");
  const auto token = admin("POST", "/api/tokens", R"({"user":"ann","label":"report","may_write":true})");
  const std::string target = R"({"kind":"token","id":")" + text_of(token, "id") + R"(","label":"report"} )";
  CHECK(latest() ==
        target + R"({"user":"ann","may_write":true,"expires_at":")" + text_of(token, "expires_at") + R"("})");
  admin("DELETE", "/api/tokens/" + text_of(token, "id"));
  CHECK(latest() == target + R"({"user":"ann","may_write":true})");
  const auto enrolment = admin("POST", "/api/enroll-tokens", R"({"uses":3,"label":"lab","replace":true})");
  CHECK(latest() == R"({"kind":"enroll_token","id":")" + text_of(enrolment, "id") + R"(","label":"lab"} )" +
                        R"({"uses":3,"replace":true,"expires_at":")" + text_of(enrolment, "expires_at") + R"("})");
  admin("DELETE", "/api/users/ann");
  CHECK(latest() == R"({"kind":"person","id":"ann","label":null} )"
                    R"({"role":{"from":"manager","to":null},"machines":{"given":[],"taken":["vm-8"]}})");
  admin("DELETE", "/api/machines/vm-1/credentials");
  CHECK(latest() == R"({"kind":"machine","id":"vm-1","label":null} {"credentials_ended":1})");

  CHECK(count("target=ann") == 3);
  CHECK(count("target=" + text_of(token, "id")) == 2);
  CHECK(count("person=admin&target=ann") == 3);
  CHECK(count("person=viewer") == 0);
  const auto all = admin("GET", "/api/audit").body;
  for (const auto& secret : {text_of(token, "token"), text_of(enrolment, "token"), std::string("correct horse")})
    CHECK(all.find(secret) == all.npos);
}

TEST_CASE_FIXTURE(Rules, "people, tokens and enrolment tokens are listed by pages") {
  for (const std::string name : {"users", "tokens", "enroll-tokens"}) {
    CAPTURE(name);
    const std::string member = name == "enroll-tokens" ? "enroll_tokens" : name;
    std::size_t seen = 0, pages = 0;
    std::string cursor;
    do {
      const auto page = json_of(admin("GET", "/api/" + name + "?limit=3" + cursor));
      seen += page.at(member).as_array().size();
      const auto& next = page.at("next_cursor");
      cursor = next.is_null() ? "" : "&cursor=" + std::string(next.as_string());
      ++pages;
    } while (!cursor.empty());
    CHECK(seen == json_of(admin("GET", "/api/" + name)).at(member).as_array().size());
    CHECK(pages == (seen + 2) / 3);
    CHECK(admin("GET", "/api/" + name + "?cursor=x").status == 400);
    CHECK(admin("GET", "/api/" + name + "?limit=1001").status == 400);
  }
}
