// What a page about the configuration shows beside the values: who set them, and what became of them on each machine.
#include <doctest/doctest.h>

#include "api.hpp"
#include "wait.hpp"

#include <boost/json/serialize.hpp>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

class Viewer : public Api {
 public:
  void put(std::string_view path, std::string_view body) {
    clock.pass(std::chrono::minutes(1));
    const auto done =
        call({.method = "PUT", .content_type = "application/json", .body = body}, "/api/" + std::string(path));
    REQUIRE(done.status == 200);
  }
  void add_machine(const std::string& machine_id) {
    Event event;
    event.machine_id = machine_id, event.timestamp = clock.now();
    REQUIRE(store.writer->append(std::vector{Batch{{&event, 1}, std::nullopt}}, clock.now()).has_value());
  }
};

std::string text_of(const boost::json::value& value) { return boost::json::serialize(value); }

}  // namespace

TEST_CASE("each value says by which version it came to be what it is") {
  Viewer api;
  api.put("configuration/defaults", R"({"settings":{"send_interval_sec":20,"idle_after_sec":30}})");
  api.put("configuration/groups/a", R"({"settings":{"idle_after_sec":31}})");
  api.put("configuration/defaults", R"({"settings":{"send_interval_sec":40,"idle_after_sec":30}})");
  api.put("configuration/defaults", R"({"settings":{"idle_after_sec":30}})");
  api.put("configuration/groups/b", R"({"settings":{}})");
  api.put("machines/vm-1/configuration", R"({"groups":["a"]})");
  api.put("machines/vm-1/configuration", R"({"settings":{"idle_after_sec":32}})");
  const auto origins = json_of(api.get("/api/configuration")).at("origins");
  CHECK(origins.as_object().size() == 3);
  CHECK(origins.at("defaults").at("version") == 4);
  CHECK(origins.at("defaults").at("settings").as_object().size() == 1);
  CHECK(text_of(origins.at("defaults").at("settings").at("idle_after_sec")) ==
        R"({"version":1,"at":"2024-01-15T12:01:00Z","by":"anyone"})");
  CHECK(origins.at("group/a").at("settings").at("idle_after_sec").at("version") == 2);
  CHECK(origins.at("group/b").at("version") == 5);
  const auto own = json_of(api.get("/api/machines/vm-1/configuration")).at("origins").at("machine/vm-1");
  CHECK(own.at("version") == 7);
  CHECK(own.at("settings").at("idle_after_sec").at("version") == 7);

  REQUIRE(api.call({.method = "DELETE", .content_type = "application/json"}, "/api/configuration/groups/b").status ==
          200);
  CHECK_FALSE(json_of(api.get("/api/configuration")).at("origins").as_object().contains("group/b"));
}

TEST_CASE("each machine says what became of the configuration on it") {
  Viewer api;
  api.add_machine("vm-1");
  api.add_machine("vm-2");
  api.put("configuration/groups/a", R"({"settings":{"screenshots.blur":false}})");
  api.put("machines/vm-1/configuration", R"({"groups":["a"],"settings":{"send_interval_sec":20}})");
  const auto at_once = json_of(api.get("/api/configuration/machines"));
  CHECK(at_once.at("next_cursor").is_null());
  CHECK(text_of(at_once.at("machines").at(0)) ==
        R"({"machine_id":"vm-1","user_label":null,"groups":["a"],"settings":{"send_interval_sec":20},"version":2,)"
        R"("applied_version":0,"state":"pending","left_out":["screenshots.blur"],"error":null,"may_loosen":false,)"
        R"("local":[],"asked_at":null,"last_seen":"2024-01-15T12:00:00Z"})");

  const auto wait = [&] { return api.configuration.layers() && api.configuration.layers()->version() == 2; };
  wait_until(wait);
  api.get(
      "/api/config?machine_id=vm-1&version=1&may_loosen=true&error_version=2&error_key=screenshots.blur&error=no"
      "&bounds=%7B%22screenshots.blur_sigma%22%3A20%7D");
  const auto first = json_of(api.get("/api/configuration/machines?limit=1"));
  const auto& row = first.at("machines").at(0);
  CHECK(row.at("state") == "refused");
  CHECK(text_of(row.at("error")) == R"({"key":"screenshots.blur","reason":"no"})");
  CHECK(text_of(row.at("local")) == R"(["screenshots.blur_sigma"])");
  CHECK(text_of(row.at("left_out")) == "[]");
  CHECK(row.at("may_loosen") == true);
  const auto rest =
      json_of(api.get("/api/configuration/machines?cursor=" + std::string(first.at("next_cursor").as_string())));
  CHECK(rest.at("machines").as_array().size() == 1);
  CHECK(rest.at("machines").at(0).at("machine_id") == "vm-2");
  const auto machine = json_of(api.get("/api/machines/vm-1/configuration"));
  CHECK(text_of(machine.at("local")) == R"({"screenshots.blur_sigma":20})");
}
