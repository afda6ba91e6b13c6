#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/screenshot.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace activitytrack;

namespace {

const std::string some_hash(64, 'a');

Screenshot full_screenshot() {
  Screenshot shot;
  shot.machine_id = "vm-1";
  shot.taken_at = *parse_timestamp("2024-01-15T10:30:00.000042Z");
  shot.id = screenshot_id(shot.taken_at, 1);
  shot.timezone = "Europe/Berlin";
  shot.utc_offset_min = 60;
  shot.monitor = "HDMI-1";
  shot.width = 480;
  shot.height = 270;
  shot.format = Screenshot::Format::sealed;
  shot.size = 12'345;
  shot.sha256 = some_hash;
  return shot;
}

Screenshot unchanged_screenshot() {
  Screenshot shot = full_screenshot();
  shot.format = Screenshot::Format::none;
  shot.same_as = "20240115T102500000000Z-1";
  shot.size = 0;
  shot.sha256.clear();
  return shot;
}

/// A sound one with `name` set to the JSON `value`.
std::string with(std::string_view name, std::string_view value) {
  const std::string whole = encode_screenshot(full_screenshot());
  const std::string key = '"' + std::string(name) + "\":";
  const auto begin = whole.find(key);
  if (begin == std::string::npos) return whole.substr(0, whole.size() - 1) + "," + key + std::string(value) + "}";
  const auto end = whole.find_first_of(",}", begin);
  return whole.substr(0, begin) + key + std::string(value) + whole.substr(end);
}

std::string error_of(const std::string& json) {
  const auto decoded = decode_screenshot(json);
  return decoded ? "none" : decoded.error().message;
}

}  // namespace

TEST_CASE("a screenshot's JSON reads as what was written") {
  CHECK(*decode_screenshot(encode_screenshot(full_screenshot())) == full_screenshot());
  CHECK(*decode_screenshot(encode_screenshot(unchanged_screenshot())) == unchanged_screenshot());
  Screenshot least = full_screenshot();
  least.timezone.clear(), least.monitor.clear(), least.format = Screenshot::Format::jpeg;
  CHECK(*decode_screenshot(encode_screenshot(least)) == least);
}

TEST_CASE("a screenshot's JSON is stable") {
  CHECK(encode_screenshot(full_screenshot()) ==
        R"({"machine_id":"vm-1","id":"20240115T103000000042Z-1","taken_at":"2024-01-15T10:30:00.000042Z",)"
        R"("timezone":"Europe/Berlin","utc_offset_min":60,"monitor":"HDMI-1","width":480,"height":270,)"
        R"("format":"sealed","size":12345,"sha256":")" +
            some_hash + "\"}");
}

TEST_CASE("unknown fields of a screenshot are ignored") {
  CHECK(*decode_screenshot(with("later", "[1]")) == full_screenshot());
}

TEST_CASE("what is wrong with a screenshot is reported by its field") {
  CHECK(error_of("") == "is no JSON object");
  CHECK(error_of("[]") == "is no JSON object");
  CHECK(error_of("{}") == "machine_id is missing");
  CHECK(error_of(with("machine_id", "\"\"")) == "machine_id must not be empty");
  CHECK(error_of(with("machine_id", "7")) == "machine_id must be a string");
  CHECK(error_of(with("machine_id", '"' + std::string(129, 'm') + '"')) == "machine_id is longer than 128 bytes");
  CHECK(error_of(with("id", "\"../../etc\"")) == "id must be 1 to 64 letters, digits, - and _");
  CHECK(error_of(with("taken_at", "\"yesterday\"")) == "taken_at must be an RFC 3339 time");
  CHECK(error_of(with("format", "\"png\"")) == "format must be jpeg, sealed or none");
  CHECK(error_of(with("width", "70000")) == "width must be a whole number from 0 to 65535");
  CHECK(error_of(with("utc_offset_min", "1.5")) == "utc_offset_min must be a whole number from -1440 to 1440");
  CHECK(error_of(with("size", "0")) == "size must be the number of the picture's bytes");
  CHECK(error_of(with("size", "-1")) == "size must be a whole number from 0 to 1099511627776");
  CHECK(error_of(with("sha256", '"' + std::string(64, 'A') + '"')) ==
        "sha256 must be 64 hexadecimal digits in lower case");
  CHECK(error_of(with("format", "\"none\"")) == "same_as must be the id of a screenshot");
}

TEST_CASE("ids are in order of time and fit for a file's name") {
  const Time time = *parse_timestamp("2024-01-15T10:30:00.000042Z");
  CHECK(screenshot_id(time, 0) == "20240115T103000000042Z-0");
  CHECK(screenshot_id(time, 0) < screenshot_id(time + std::chrono::microseconds(1), 0));
  CHECK(screenshot_id(time, 0) < screenshot_id(time, 1));
  CHECK(screenshot_id(time + std::chrono::seconds(1) - std::chrono::microseconds(43), 0) <
        screenshot_id(time + std::chrono::seconds(1), 0));
  CHECK(is_screenshot_id(screenshot_id(time, 0)));
  CHECK_FALSE(is_screenshot_id(""));
  CHECK_FALSE(is_screenshot_id("a/b"));
  CHECK_FALSE(is_screenshot_id(".."));
  CHECK_FALSE(is_screenshot_id(std::string(65, 'a')));
}

TEST_CASE("a screenshot's path cannot leave its folder") {
  CHECK(screenshot_path(full_screenshot()) == "vm-1/2024-01-15/20240115T103000000042Z-1.jpg.sealed");
  Screenshot odd = full_screenshot();
  odd.format = Screenshot::Format::jpeg;
  odd.machine_id = "../a b/\xC3\xA9";
  CHECK(screenshot_path(odd) == "%2E.%2Fa%20b%2F%C3%A9/2024-01-15/20240115T103000000042Z-1.jpg");
  CHECK(path_segment("host.local-user_1") == "host.local-user_1");
  CHECK(path_segment(".hidden") == "%2Ehidden");
}
