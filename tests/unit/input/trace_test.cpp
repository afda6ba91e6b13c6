#include <activitytrack/input/input_source.hpp>

#include "input/trace_parser.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;

namespace {

Result<std::vector<InputSample>> parse_rows(const std::string& rows) { return parse_trace("t_us,kind,a,b\n" + rows); }

std::string error_of(const std::string& rows) {
  auto trace = parse_rows(rows);
  return trace ? "" : trace.error().message;
}

InputSample sample(std::int64_t us, InputKind kind, std::uint16_t slot = 0, float dx = 0, float dy = 0) {
  return {.at = Ticks(std::chrono::microseconds(us)), .kind = kind, .slot = slot, .dx = dx, .dy = dy};
}

}  // namespace

TEST_CASE("each kind of row gives its kind of sample") {
  auto trace = parse_rows(
      "0,keydown,3,0\n"
      "5,keyup,3,0\n"
      "5,press,1,0\n"
      "9,release,1,0\n"
      "10,scroll,0,-1\n"
      "11,scroll,0.25,0\n"
      "12,rel,3,-4\n");
  REQUIRE(trace.has_value());
  CHECK(*trace == std::vector{
                      sample(0, InputKind::key_press, 3),
                      sample(5, InputKind::key_release, 3),
                      sample(5, InputKind::button_press, 1),
                      sample(9, InputKind::button_release, 1),
                      sample(10, InputKind::scroll, 0, 0, -1),
                      sample(11, InputKind::scroll, 0, 0.25F, 0),
                      sample(12, InputKind::motion, 0, 3, -4),
                  });
}

TEST_CASE("positions become distances, and the first has none") {
  auto trace = parse_rows("0,move,1000,400\n7,press,1,0\n8,move,1010,390\n9,move,1010,390\n");
  REQUIRE(trace.has_value());
  CHECK(*trace == std::vector{
                      sample(0, InputKind::motion),
                      sample(7, InputKind::button_press, 1),
                      sample(8, InputKind::motion, 0, 10, -10),
                      sample(9, InputKind::motion),
                  });
}

TEST_CASE("a key that repeats while it is held is one press") {
  auto trace = parse_rows("0,keydown,0,0\n1,keydown,0,0\n2,keyup,0,0\n3,keydown,0,0\n");
  REQUIRE(trace.has_value());
  CHECK(trace->size() == 3);
}

TEST_CASE("line ends, and a last line without one") {
  CHECK(parse_trace("t_us,kind,a,b\r\n1,press,1,0\r\n")->size() == 1);
  CHECK(parse_trace("t_us,kind,a,b\n1,press,1,0")->size() == 1);
  CHECK(parse_trace("t_us,kind,a,b\n")->empty());
  CHECK(parse_trace("t_us,kind,a,b")->empty());
}

TEST_CASE("bounds hold") {
  CHECK(parse_rows("10000000000000,move,1e6,-1000000\n").has_value());
  CHECK(error_of("10000000000001,move,0,0\n") == "line 2: t_us is out of range: 0 to 10000000000000 (115 days)");
  CHECK(error_of("-1,move,0,0\n") == "line 2: t_us is out of range: 0 to 10000000000000 (115 days)");
  CHECK(error_of("0,move,1000000.5,0\n") == "line 2: a is out of range: at most 1000000 either way");
  CHECK(error_of("0,rel,0,-1e300\n") == "line 2: b is out of range: at most 1000000 either way");
  CHECK(error_of("0,keydown,256,0\n") == "line 2: a is no slot: a whole number, 0 to 255");
  CHECK(error_of("0,keyup,-1,0\n") == "line 2: a is no slot: a whole number, 0 to 255");
  CHECK(error_of("0,press,0,0\n") == "line 2: a is no button: a whole number, 1 to 255");
  CHECK(error_of("0,press,1.5,0\n") == "line 2: a is no button: a whole number, 1 to 255");
}

TEST_CASE("an error names the line and what is wrong with it") {
  CHECK(parse_trace("").error().message == "line 1: a trace begins with the header t_us,kind,a,b");
  CHECK(parse_trace("0,move,0,0\n").error().message == "line 1: a trace begins with the header t_us,kind,a,b");
  CHECK(error_of("5,move,0,0\n4,move,0,0\n") == "line 3: t_us goes back from 5 to 4; rows stand in order of time");
  CHECK(error_of("0,wiggle,0,0\n") ==
        "line 2: unknown kind; it is one of move, rel, press, release, scroll, keydown, keyup");
  CHECK(error_of("0,move,0\n") == "line 2: a row has four columns: t_us,kind,a,b");
  CHECK(error_of("0,move,0,0,0\n") == "line 2: a row has four columns: t_us,kind,a,b");
  CHECK(error_of("\n") == "line 2: a row has four columns: t_us,kind,a,b");
  CHECK(error_of("1.5,move,0,0\n") == "line 2: t_us is not a whole number");
  CHECK(error_of("0,move,,0\n") == "line 2: a is not a number");
  CHECK(error_of("0,move,0,0x\n") == "line 2: b is not a number");
  CHECK(error_of("0,move,nan,0\n") == "line 2: a is not a finite number");
  CHECK(error_of("0,scroll,0,-inf\n") == "line 2: b is not a finite number");
  CHECK(error_of("0,press,4,0\n") == "line 2: buttons 4 to 7 are the wheel: use scroll rows");
  CHECK(error_of("0,press,1,1\n") == "line 2: b is 0 in a row of this kind");
  CHECK(error_of("0,move,0,0\n1,rel,0,0\n") == "line 3: a trace has move or rel rows, not both");
  CHECK(error_of("0,move,0," + std::string(200, '0') + "\n") == "line 2: longer than 128 bytes; this is no trace");
  CHECK(error_of("0,move,0," + std::string(200, '0')) == "line 2: longer than 128 bytes; this is no trace");
}
