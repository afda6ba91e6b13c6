// GET /api/me/access: who looked at what is a person's own.
#include "accounts_fixture.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

struct Looks : AccountsApi {
  boost::json::value list(const std::string& query = "") {
    const Response answer = ask_as(tokens["self"], "GET", "/api/me/access" + query);
    REQUIRE_MESSAGE(answer.status == 200, answer.body);
    return json_of(answer);
  }

  /// Asked by this person a second later, and written down.
  void ask_and_write(const std::string& name, std::string_view method, std::string_view target,
                     std::string_view body = "") {
    clock.pass(1s);
    ask_as(tokens[name], method, target, body);
    gate.reset();  // writes what waits
    gate = make_account_gate(db, clock, log);
  }

  /// Entries, of vm-1 where they name no machine, one a millisecond and the last of them now.
  void note(std::vector<AuditEntry> entries) {
    for (AuditEntry& entry : entries) {
      clock.pass(1ms);
      entry.at = clock.now();
      if (entry.machine_id.empty()) entry.machine_id = "vm-1";
    }
    REQUIRE(write_audit(db, entries).has_value());
  }

  static AuditEntry look(const std::string& name, const std::string& action, std::int64_t status = 200) {
    return {.kind = "person", .name = name, .action = action, .status = status};
  }
};

/// "name: action (status) xN", the newest first.
std::vector<std::string> lines(const boost::json::value& page) {
  std::vector<std::string> all;
  for (const auto& entry : page.at("entries").as_array()) {
    const auto number = [&](const char* name) { return std::to_string(entry.at(name).as_int64()); };
    all.push_back(std::string(entry.at("name").as_string()) + ": " + std::string(entry.at("action").as_string()) +
                  " (" + number("status") + ") x" + number("count"));
  }
  return all;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(Looks, "a person sees who looked, changed and was refused, and nothing of their own") {
  ask_and_write("viewer", "GET", "/api/machines/vm-1");
  ask_and_write("self", "GET", "/api/machines/vm-1");
  ask_and_write("viewer", "GET", "/api/machines/vm-1");
  ask_and_write("viewer", "DELETE", "/api/machines/vm-1");
  ask_and_write("manager", "GET", "/api/machines/vm-2");
  ask_and_write("admin", "PUT", "/api/machines/vm-1/configuration", R"({"settings":{"idle_after_sec":30}})");
  const auto page = list();
  CHECK(lines(page) == Lines{"admin: changed the configuration (200) x1", "viewer: erased all data (403) x1",
                             "viewer: looked at the machine (404) x2"});
  CHECK(page.at("entries").at(0).at("machine_id") == "vm-1");
  CHECK(page.at("entries").at(0).at("kind") == "person");
  CHECK(page.at("next_cursor").is_null());
}

TEST_CASE_FIXTURE(Looks, "what follows each other is one entry, of the latest") {
  note({look("ann", "GET /api/activity/{id}/minutes"),
        look("ann", "GET /api/activity/{id}/timeline"),
        look("ann", "GET /api/activity/{id}/minutes", 403),
        look("bob", "GET /api/screenshots/{id}/a-1/content"),
        look("bob", "GET /api/screenshots/{id}/a-2/thumbnail"),
        look("bob", "GET /api/screenshots/{id}/slots"),
        look("self", "GET /api/screenshots/{id}"),
        look("bob", "GET /api/screenshots/{id}"),
        {.kind = "machine", .name = "vm-1", .action = "POST /api/credentials/rotate", .status = 200},
        {.kind = "command", .name = "self", .action = "export"},
        look("bob", "GET /api/something/{id}")});
  const auto page = list();
  CHECK(lines(page) == Lines{"bob: GET /api/something/{id} (200) x1", "self: exported all data (0) x1",
                             "bob: looked at screenshots (200) x2", "bob: looked at a screenshot (200) x2",
                             "ann: looked at the day (403) x1", "ann: looked at the day (200) x2"});
  CHECK(std::string(page.at("entries").at(0).at("at").as_string()) == format_timestamp(clock.now()));
}

TEST_CASE_FIXTURE(Looks, "pages follow each other, over several machines, and each reads only so much") {
  REQUIRE(change_user(db, "self", {.machines = std::vector<std::string>{"vm-1", "vm-2"}}).has_value());
  std::vector<AuditEntry> entries;
  for (int i = 0; i < 25'000; ++i) entries.push_back(look("self", "GET /api/activity/{id}/minutes"));
  for (const std::size_t at : {0U, 1U, 24'000U}) entries[at] = look("ann", "GET /api/activity/{id}/events");
  entries[24'500] = entries[24'501] = look("bob", "GET /api/activity/{id}/events");
  entries[24'500].machine_id = "vm-2";
  note(std::move(entries));
  const auto first = list("?limit=2");
  CHECK(lines(first) == Lines{"bob: looked at events (200) x1", "bob: looked at events (200) x1"});
  CHECK(first.at("entries").at(1).at("machine_id") == "vm-2");
  const auto cursor = [](const boost::json::value& page) {
    return "?cursor=" + std::string(page.at("next_cursor").as_string());
  };
  const auto second = list(cursor(first));
  CHECK(lines(second) == Lines{"ann: looked at events (200) x1"});
  const auto last = list(cursor(second));
  CHECK(lines(last) == Lines{"ann: looked at events (200) x2"});
  CHECK(last.at("next_cursor").is_null());
}

TEST_CASE_FIXTURE(Looks, "who has no machine of their own has an empty list") {
  note({look("ann", "GET /api/activity/{id}/minutes")});
  for (const std::string name : {"viewer", "manager", "admin"}) {
    CAPTURE(name);
    CHECK(ask_as(tokens[name], "GET", "/api/me/access").body == R"({"entries":[],"next_cursor":null})");
  }
  CHECK(ask_as(tokens["self"], "GET", "/api/me/access?limit=0").status == 400);
  CHECK(ask_as(tokens["self"], "GET", "/api/me/access?cursor=x").status == 400);
}

TEST_CASE_FIXTURE(Looks, "each read of a machine's data has words") {
  for (const Endpoint& endpoint : endpoints()) {
    const bool is_of_machine = endpoint.access == Access::read_machine ||
                               endpoint.access == Access::configure_machine ||
                               endpoint.access == Access::erase_machine || endpoint.access == Access::own_machine;
    if (!is_of_machine) continue;
    std::string action = std::string(endpoint.method) + " " + std::string(endpoint.pattern);
    CAPTURE(action);
    note({look("ann", action)});
    CHECK(std::string(list("?limit=1").at("entries").at(0).at("action").as_string()) != action);
  }
}
