#include "doctor.hpp"

#include <activitytrack/buffer/buffer.hpp>
#include <activitytrack/core/clock.hpp>

#include <doctest/doctest.h>

#include "temp_folder.hpp"

#include <sys/stat.h>

using namespace activitytrack;
using namespace activitytrack::agent_app;

TEST_CASE("checks as a list and as JSON") {
  std::vector<Check> checks{{"clock", true, "fine"}, {"input devices", false, "none; plug one in"}};
  CHECK(format_checks(checks) ==
        "clock          ok      fine\n"
        "input devices  NOT OK  none; plug one in\n");
  CHECK(encode_checks(checks) == R"({"ok":false,"checks":[{"name":"clock","ok":true,"text":"fine"},)"
                                 R"({"name":"input devices","ok":false,"text":"none; plug one in"}]})");
  CHECK_FALSE(all_ok(checks));
  checks.pop_back();
  CHECK(all_ok(checks));
}

TEST_CASE("a clock in another age is found") {
  CHECK(check_clock(parse_timestamp("2024-01-15T00:00:00Z").value()).ok);
  CHECK_FALSE(check_clock(parse_timestamp("1970-01-01T00:05:00Z").value()).ok);
}

TEST_CASE("a buffer that others may read is found") {
  test::TempFolder folder;
  AgentFiles files{folder.path / "b.db", folder.path / "b.db.lock", folder.path / "b.db.sock"};
  CHECK(check_disk(files).ok);
  CHECK(check_buffer(files).ok);
  { REQUIRE(make_sqlite_buffer(files.buffer, system_clock(), null_log()).has_value()); }
  CHECK(check_disk(files).ok);
  auto buffer = check_buffer(files);
  CHECK(buffer.ok);
  CHECK(buffer.text.starts_with("0 events pending"));
  ::chmod(files.buffer.c_str(), 0644);
  CHECK_FALSE(check_disk(files).ok);
}

TEST_CASE("without a running agent the check says how to start one") {
  test::TempFolder folder;
  auto check = check_agent({folder.path / "b.db", folder.path / "b.db.lock", folder.path / "b.db.sock"});
  CHECK_FALSE(check.ok);
  CHECK(check.text.ends_with("start one with: activitytrack-agent run"));
}

TEST_CASE("a server that is not there, and none at all") {
  Settings settings;
  CHECK(check_server(settings).front().ok);
  settings.server_url = "http://127.0.0.1:1";
  auto checks = check_server(settings);
  CHECK_FALSE(checks.front().ok);
  CHECK(checks.back().name == "credential");
  CHECK(checks.back().ok);  // on this machine it may be missing
}
