// Nobody gets in: every route against every kind of who may ask.
#include "accounts_fixture.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

/// Who asks, in the order of the columns below.
const std::vector<std::string> askers = {"nobody", "stranger", "enrolment", "machine", "self",
                                         "viewer", "manager",  "admin",     "monitor"};

/// For each route what the gate says to each of them about the machine vm-1: "+" come in, "1" 401, "3" 403.
struct Row {
  std::string_view route, answers;
};
const Row rows[] = {
    {"POST /api/events", "113+33333"},
    {"GET /api/machines", "1133++++3"},
    {"GET /api/machines/{id}", "1133++++3"},
    {"PATCH /api/machines/{id}", "113333++3"},
    {"GET /api/activity/{id}/events", "1133++++3"},
    {"GET /api/activity/{id}/summary", "1133++++3"},
    {"GET /api/activity/{id}/timeline", "1133++++3"},
    {"GET /api/activity/{id}/minutes", "1133++++3"},
    {"GET /api/activity/{id}/range", "1133++++3"},
    {"GET /api/activity/{id}/verdicts", "1133++++3"},
    {"POST /api/activity/{id}/events/{timestamp}/answer", "1133+3333"},
    {"GET /api/activity/{id}/events/{timestamp}/answers", "1133++++3"},
    {"GET /api/activity/{id}/export", "1133++++3"},
    {"DELETE /api/machines/{id}", "1133+33+3"},
    {"GET /api/login", "+++++++++"},
    {"POST /api/login", "+++++++++"},
    {"GET /api/login/openid", "+++++++++"},
    {"GET /api/login/openid/callback", "+++++++++"},
    {"POST /api/logout", "1133++++3"},
    {"GET /api/me", "1133++++3"},
    {"POST /api/me/password", "113333333"},
    {"GET /api/me/sessions", "1133++++3"},
    {"DELETE /api/me/sessions", "1133++++3"},
    {"DELETE /api/me/sessions/{id}", "1133++++3"},
    {"GET /api/me/access", "1133++++3"},
    {"POST /api/me/second-factor/remove", "1133++++3"},
    {"POST /api/login/second-factor", "+++++++++"},
    {"DELETE /api/users/{name}/second-factor", "113333333"},
    {"GET /setup", "+++++++++"},
    {"POST /api/setup", "+++++++++"},
    {"POST /api/enroll", "11+333333"},
    {"POST /api/credentials/rotate", "113+33333"},
    {"GET /api/machines/{id}/credentials", "1133333+3"},
    {"DELETE /api/machines/{id}/credentials", "1133333+3"},
    {"GET /api/enroll-tokens", "1133333+3"},
    {"POST /api/enroll-tokens", "1133333+3"},
    {"DELETE /api/enroll-tokens/{id}", "1133333+3"},
    {"GET /api/users", "1133333+3"},
    {"POST /api/users", "113333333"},
    {"PATCH /api/users/{name}", "113333333"},
    {"DELETE /api/users/{name}", "1133333+3"},
    {"GET /api/users/{name}/sessions", "1133333+3"},
    {"DELETE /api/users/{name}/sessions", "1133333+3"},
    {"GET /api/tokens", "1133++++3"},
    {"POST /api/tokens", "1133++++3"},
    {"DELETE /api/tokens/{id}", "1133++++3"},
    {"GET /api/audit", "1133++++3"},
    {"GET /api/fleet", "1133++++3"},
    {"GET /api/live", "1133++++3"},
    {"GET /api/team", "1133++++3"},
    {"GET /api/search", "1133++++3"},
    {"GET /api/webhook", "1133333+3"},
    {"PUT /api/webhook", "1133333+3"},
    {"DELETE /api/webhook", "1133333+3"},
    {"POST /api/webhook/test", "1133333+3"},
    {"GET /api/fleet/{id}", "1133++++3"},
    {"POST /api/screenshots", "113+33333"},
    {"PUT /api/screenshots/{id}/{screenshot}/content", "113+33333"},
    {"GET /api/screenshots/{id}", "1133++++3"},
    {"GET /api/screenshots/{id}/slots", "1133++++3"},
    {"GET /api/screenshots/{id}/{screenshot}", "1133++++3"},
    {"GET /api/screenshots/{id}/{screenshot}/content", "1133++++3"},
    {"GET /api/screenshots/{id}/{screenshot}/thumbnail", "1133++++3"},
    {"DELETE /api/screenshots/{id}/{screenshot}", "1133+33+3"},
    {"GET /api/settings", "1133++++3"},
    {"GET /api/configuration", "1133++++3"},
    {"PUT /api/configuration/defaults", "1133333+3"},
    {"PUT /api/configuration/groups", "1133333+3"},
    {"PUT /api/configuration/groups/{group}", "1133333+3"},
    {"DELETE /api/configuration/groups/{group}", "1133333+3"},
    {"GET /api/configuration/machines", "1133++++3"},
    {"GET /api/configuration/versions", "1133333+3"},
    {"POST /api/configuration/rollback", "1133333+3"},
    {"GET /api/configuration/rollout", "1133333+3"},
    {"POST /api/configuration/rollout", "1133333+3"},
    {"GET /api/machines/{id}/configuration", "1133++++3"},
    {"PUT /api/machines/{id}/configuration", "113333++3"},
    {"GET /api/config", "113+33333"},
    {"GET /healthz", "+++++++++"},
    {"GET /readyz", "+++++++++"},
    {"GET /metrics", "1133333++"},
    {"GET /openapi.json", "+++++++++"},
    {"GET /", "+++++++++"},
    {"GET /machines/{id}", "+++++++++"},
    {"GET /machines/{id}/screenshots", "+++++++++"},
    {"GET /machines/{id}/configuration", "+++++++++"},
    {"GET /team", "+++++++++"},
    {"GET /configuration", "+++++++++"},
    {"GET /configuration/{group}", "+++++++++"},
    {"GET /me", "+++++++++"},
    {"GET /admin/machines", "+++++++++"},
    {"GET /admin/people", "+++++++++"},
    {"GET /admin/tokens", "+++++++++"},
    {"GET /admin/audit", "+++++++++"},
    {"GET /admin/server", "+++++++++"},
    {"GET /login", "+++++++++"},
    {"GET /assets/{file}", "+++++++++"},
    {"GET *", "+++++++++"},
};

std::string name_of(const Route& route) { return std::string(route.method) + " " + std::string(route.pattern); }

struct GateRig : AccountsApi {
  GateRig() {
    bearers["stranger"] = make_secret(SecretKind::machine).text;
    bearers["enrolment"] = enrolment_token().text;
    bearers["machine"] = machine;
    for (const auto& [name, token] : tokens) bearers[name] = token;
  }

  Request request_to(const Route& route, const std::string& machine_id = "vm-1") {
    Request request{.method = std::string(route.method), .host = "track.example", .client = "10.0.0.1"};
    request.route = &route;
    if (route.pattern.find('{') != std::string_view::npos) request.arguments = {machine_id};
    return request;
  }

  char answer(const Route& route, Request request) {
    const auto refused = gate->refuse(route, request);
    if (!refused) return '+';
    return refused->status == 401 ? '1' : refused->status == 403 ? '3' : '?';
  }

  const Route& route_of(std::string_view name) const {
    for (const Route& route : routes) {
      if (name_of(route) == name) return route;
    }
    throw std::runtime_error("no route " + std::string(name));
  }

  std::map<std::string, std::string> bearers;  ///< by the asker
};

}  // namespace

TEST_CASE_FIXTURE(GateRig, "every route lets in whom it is for, and nobody else") {
  std::map<std::string, std::string_view, std::less<>> expected;
  for (const Row& row : rows) expected.emplace(row.route, row.answers);
  for (const Route& route : routes) {
    const std::string name = name_of(route);
    CAPTURE(name);
    const auto row = expected.find(name);
    REQUIRE_MESSAGE(row != expected.end(), "a new route: say above who may use it");
    std::string answers;
    for (const std::string& asker : askers) {
      Request request = request_to(route);
      if (asker != "nobody") request.authorization = "Bearer " + bearers[asker];
      answers += answer(route, request);
    }
    CHECK(answers == row->second);
  }
}

TEST_CASE_FIXTURE(GateRig, "a machine that was not given is closed, whether it exists or not") {
  for (const Route& route : routes) {
    const bool of_machine = access_of(route) == Access::read_machine || access_of(route) == Access::configure_machine ||
                            access_of(route) == Access::erase_machine;
    if (!of_machine) continue;
    for (const std::string asker : {"self", "viewer", "manager", "admin"}) {
      Request request = request_to(route, "vm-2");
      request.authorization = "Bearer " + tokens[asker];
      CHECK(answer(route, request) == (asker == "admin" ? '+' : '3'));
    }
  }
}

TEST_CASE_FIXTURE(GateRig, "what is no token, of another kind, or damaged lets nobody in") {
  std::string damaged = tokens["admin"];
  damaged.back() = damaged.back() == 'A' ? 'B' : 'A';
  const std::string wrong[] = {"Bearer",
                               "Bearer ",
                               "Basic " + tokens["admin"],
                               tokens["admin"],
                               "Bearer " + tokens["admin"] + " ",
                               "Bearer  " + tokens["admin"],
                               "Bearer " + damaged,
                               "Bearer " + sessions["admin"],
                               "Bearer " + make_secret(SecretKind::setup).text,
                               "Bearer atp_0000000000000000_" + tokens["admin"].substr(21)};
  for (const std::string& field : wrong) {
    CAPTURE(field);
    Request request = request_to(route_of("GET /api/users"));
    request.authorization = field;
    CHECK(answer(*request.route, request) == '1');
  }
  Request right = request_to(route_of("GET /api/users"));
  right.authorization = "bearer " + tokens["admin"];
  CHECK(answer(*right.route, right) == '+');
}

TEST_CASE_FIXTURE(GateRig, "a cookie reads, and changes only what its own site asks for") {
  const auto ask_by_cookie = [&](std::string_view route, std::string_view origin, std::string_view type,
                                 bool is_secure = false) {
    Request request = request_to(route_of(route));
    request.cookie = std::string("other=1; ") + (is_secure ? "__Host-" : "") + "session=" + sessions["admin"];
    request.origin = origin;
    request.content_type = type;
    request.is_secure = is_secure;
    return answer(*request.route, request);
  };
  CHECK(ask_by_cookie("GET /api/users", "", "") == '+');
  CHECK(ask_by_cookie("GET /api/users", "https://evil.example", "") == '+');  // it cannot read the answer
  const std::string_view post = "POST /api/users", remove = "DELETE /api/users/{name}", json = "application/json";
  CHECK(ask_by_cookie(post, "http://track.example", json) == '+');
  CHECK(ask_by_cookie(post, "http://TRACK.example:80", json) == '+');
  CHECK(ask_by_cookie(remove, "http://track.example", "") == '+');
  CHECK(ask_by_cookie(post, "", json) == '3');
  CHECK(ask_by_cookie(post, "null", json) == '3');
  CHECK(ask_by_cookie(remove, "http://evil.example", "") == '3');
  CHECK(ask_by_cookie(post, "http://track.example.evil.example", json) == '3');
  CHECK(ask_by_cookie(post, "http://track.example:8080", json) == '3');
  CHECK(ask_by_cookie(post, "http://track.example", "text/plain") == '?');
  CHECK(ask_by_cookie(post, "http://track.example", "") == '?');
  CHECK(ask_by_cookie(post, "https://track.example", json, true) == '+');
  CHECK(ask_by_cookie(post, "http://track.example", json, true) == '3');
}

TEST_CASE_FIXTURE(GateRig, "a cookie's session is another's under TLS, and no bearer's") {
  Request request = request_to(route_of("GET /api/me"));
  request.cookie = "session=" + sessions["admin"];
  CHECK(answer(*request.route, request) == '+');
  request.is_secure = true;
  CHECK(answer(*request.route, request) == '1');
  request.is_secure = false;
  request.cookie = "session=" + tokens["admin"];
  CHECK(answer(*request.route, request) == '1');
  request.cookie = "xsession=" + sessions["admin"] + "; session=";
  CHECK(answer(*request.route, request) == '1');
  // What was sent as Authorization counts, and the cookie is not tried instead.
  request.cookie = "session=" + sessions["admin"];
  request.authorization = "Bearer nonsense";
  CHECK(answer(*request.route, request) == '1');
}

TEST_CASE_FIXTURE(GateRig, "a token for reading changes nothing") {
  const auto user = find_user(db, "admin").value().value();
  const auto token = create_api_token(db, user.id, {.expires_at = clock.now() + std::chrono::hours(1)}, clock.now());
  CHECK(ask_as(token->text, "GET", "/api/users").status == 200);
  CHECK(ask_as(token->text, "DELETE", "/api/users/self").status == 403);
  CHECK(ask_as(token->text, "POST", "/api/tokens", "{}").status == 403);
  CHECK(ask_as(tokens["admin"], "DELETE", "/api/users/self").status == 200);
}

TEST_CASE_FIXTURE(GateRig, "a machine is let in from memory until it is revoked") {
  const std::string batch = R"({"events":[)" + event_json("2024-01-15T10:30:00Z") + "]}";
  Request known = request_to(route_of("POST /api/events"));
  known.authorization = "Bearer " + machine;
  CHECK_FALSE(gate->is_known(*known.route, known));
  CHECK(ask_as(machine, "POST", "/api/events", batch).status == 200);
  CHECK(gate->is_known(*known.route, known));

  CHECK(ask_as(tokens["admin"], "DELETE", "/api/machines/vm-1/credentials").body == R"({"revoked":1})");
  const std::string later = R"({"events":[)" + event_json("2024-01-15T10:31:00Z") + "]}";
  CHECK(ask_as(machine, "POST", "/api/events", later).status == 401);
  CHECK(ask_as(machine, "POST", "/api/events", later).status == 401);
  CHECK_FALSE(gate->is_known(*known.route, known));
  CHECK(store.reader->events("vm-1", {Time{}, Time::max()}, 10)->size() == 1);
}

TEST_CASE_FIXTURE(GateRig, "a machine sends its own events alone, and nothing of a mixed batch is stored") {
  const std::string mixed = R"({"events":[)" + event_json("2024-01-15T10:30:00Z") +
                            R"(,{"machine_id":"vm-2","timestamp":"2024-01-15T10:30:00Z"}]})";
  CHECK(ask_as(machine, "POST", "/api/events", mixed).status == 403);
  CHECK(store.reader->events("vm-1", {Time{}, Time::max()}, 10)->empty());
}

TEST_CASE("pages of other sites are kept out, by whatever name they call the server") {
  const auto gate = make_open_gate();
  const auto status = [&](const char* host, const char* origin) {
    Request request{.method = "GET", .host = host, .origin = origin};
    const auto refused = gate->refuse(Route{}, request);
    return refused ? refused->status : 0;
  };
  for (const char* host :
       {"localhost", "localhost:8100", "127.0.0.1", "127.9.9.9:8100", "[::1]:8100", "x.localhost", "box", ""}) {
    CAPTURE(host);
    CHECK(status(host, "") == 0);
  }
  for (const char* host : {"evil.example", "evil.example:8100", "10.0.0.1", "[fe80::1]", "127.evil.example"}) {
    CAPTURE(host);
    CHECK(status(host, "") == 403);
  }
  for (const char* origin : {"https://evil.example", "null", "file://", "http://127.0.0.1.evil.example"}) {
    CAPTURE(origin);
    CHECK(status("localhost", origin) == 403);
  }
  CHECK(status("localhost", "http://localhost:8100") == 0);
}
