#include "x11/server_time.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;
using namespace std::chrono_literals;
using x11::ServerTime;

namespace {

/// Far in the future, so that the true clock does not reach it in the test.
Ticks at(std::chrono::microseconds time) { return Ticks(time + 24h * 365 * 100); }

std::uint32_t stamp(Ticks ticks) {
  return static_cast<std::uint32_t>(std::chrono::floor<std::chrono::milliseconds>(ticks.time_since_epoch()).count());
}

}  // namespace

TEST_CASE("a server on this machine's clock is mapped to the millisecond") {
  ServerTime time(at(1'000'300us), stamp(at(1001ms)), at(1'002'900us));
  CHECK(time.ticks(stamp(at(5s)), at(6s)) == at(5s));
}

TEST_CASE("a server with a clock of its own is mapped by its distance") {
  ServerTime time(at(1s), 77'000, at(1001ms));
  CHECK(time.ticks(77'000, at(1001ms)) == at(1s));
  CHECK(time.ticks(80'250, at(10s)) == at(4250ms));
}

TEST_CASE("time stamps wrap around") {
  ServerTime time(at(1s), 0xFFFF'FF00, at(1001ms));
  CHECK(time.ticks(0x0000'0100, at(3s)) == at(1s + 512ms));
  CHECK(time.ticks(0xFFFF'FF80, at(3s)) == at(1s + 128ms));
  // The server's clock wraps again while nothing happens.
  CHECK(time.ticks(0x0000'0100, at(1s + 512ms + 4'294'967'296ms + 5s)) == at(1s + 512ms + 4'294'967'296ms));
}

TEST_CASE("nothing happens after now, and a clock that runs ahead is corrected") {
  ServerTime time(at(1s), 77'000, at(1001ms));
  CHECK(time.ticks(79'000, at(2s)) == at(2s));
  CHECK(time.ticks(79'500, at(5s)) == at(2500ms));
}
