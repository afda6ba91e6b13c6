// The API's answers, byte for byte, as files in tests/golden/api. After an intended change run the tests once
// with ACTIVITYTRACK_UPDATE_GOLDEN=1, and read the difference before committing it.
#include <doctest/doctest.h>

#include "api.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

std::string to_text(const Response& response) {
  std::string text = std::to_string(response.status) + " " + response.content_type + "\n";
  for (const auto& [name, value] : response.headers) text += name + ": " + value + "\n";
  return text + "\n" + response.body + "\n";
}

void check_golden(const std::string& name, const Response& response) {
  const std::filesystem::path file = std::filesystem::path(GOLDEN_FOLDER) / (name + ".txt");
  const std::string actual = to_text(response);
  if (std::getenv("ACTIVITYTRACK_UPDATE_GOLDEN")) std::ofstream(file, std::ios::binary) << actual;
  std::ifstream stream(file, std::ios::binary);
  CAPTURE(file);
  REQUIRE(stream.good());
  const std::string expected{std::istreambuf_iterator<char>(stream), {}};
  CHECK(actual == expected);
}

constexpr const char* golden_batch = R"({"events": [
  {"machine_id": "vm-abc123-user1", "timestamp": "2024-01-15T10:30:00Z",
   "key_count": 150, "mouse_clicks": 45, "mouse_distance_px": 12500, "scroll_count": 20,
   "active_window": "Visual Studio Code", "active_app": "code", "is_idle": false,
   "cpu_percent": 25.5, "ram_used_percent": 68.2, "disk_used_percent": 45.0,
   "interval_sec": 60, "active_sec": 48.5, "timezone": "Europe/Berlin", "utc_offset_min": 60,
   "disk_read_bytes": 1048576, "disk_write_bytes": 524288,
   "input_verdict": "genuine", "genuine_score": 0.98, "scripted_reasons": [], "scripted_count": 0},
  {"machine_id": "vm-abc123-user1", "timestamp": "2024-01-15T10:31:00.5+01:00",
   "timezone": "Europe/Berlin", "utc_offset_min": 60, "unknown": {"x": [1]}},
  {"machine_id": "vm-abc123-user1", "timestamp": "2024-01-15T10:30:00Z"},
  {"machine_id": "vm-abc123-user1", "timestamp": "2024-01-15T10:32:00Z", "key_count": -1},
  {"machine_id": "vm-abc123-user1", "timestamp": "2024-01-15T10:33:00Z",
   "input_verdict": "scripted", "scripted_reasons": ["synthetic_device"], "scripted_count": 12,
   "timezone": "Europe/Berlin", "utc_offset_min": 60, "is_idle": true, "active_sec": 0}]})";

}  // namespace

TEST_CASE("the API's answers are the golden ones") {
  Api api;
  const std::string machine = "/api/machines/vm-abc123-user1", activity = "/api/activity/vm-abc123-user1";
  check_golden("post_events", api.post(golden_batch));
  check_golden("post_not_json", api.post("{\"events\": ["));
  check_golden("machines", api.get("/api/machines"));
  check_golden("patch_machine", api.patch(machine, R"({"user_label": "Änne's desk"})"));
  check_golden("patch_wrong_label", api.patch(machine, R"({"user_label": 7})"));
  check_golden("machine", api.get(machine));
  check_golden("events", api.get(activity + "/events?start=2024-01-15T00:00:00Z&end=2024-01-16T00:00:00Z"));
  check_golden("events_first_page", api.get(activity + "/events?limit=1"));
  check_golden("events_wrong_start", api.get(activity + "/events?start=now"));
  check_golden("summary", api.get(activity + "/summary?date=2024-01-15"));
  check_golden("timeline", api.get(activity + "/timeline?date=2024-01-15"));
  check_golden("minutes",
               api.get(activity + "/minutes?start=2024-01-15T10:29:00Z&end=2024-01-15T10:36:00Z&points=16&titles=1"));
  check_golden("range", api.get(activity + "/range?from=2024-01-15&to=2024-01-16"));
  check_golden("fleet", api.get("/api/fleet?date=2024-01-15&tz=Europe/Berlin"));
  check_golden("fleet_row", api.get("/api/fleet/vm-abc123-user1"));
  check_golden("healthz", api.get("/healthz"));
  check_golden("unknown_machine", api.get("/api/machines/nobody"));
  check_golden("unknown_path", api.get("/api/nothing"));
  check_golden("wrong_method", api.call({.method = "PUT"}, machine));
}
