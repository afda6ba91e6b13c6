#include "server/events/daily_quota.hpp"
#include "server/events/event_row.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace std::chrono_literals;

namespace {

const Time midnight = std::chrono::sys_days(std::chrono::year(2024) / 1 / 16);

void note(DailyQuota& quota, std::int64_t events, Time stored_at, std::string_view machine = "vm-1") {
  const MachineDay day{machine_key(machine), events};
  quota.note(std::span(&day, 1), stored_at);
}

}  // namespace

TEST_CASE("who has sent as many events as it may waits for the end of the day") {
  DailyQuota quota(100);
  note(quota, 99, midnight - 2s);
  CHECK_FALSE(quota.used_up("vm-1", midnight - 2s));
  note(quota, 100, midnight - 2s);
  CHECK(quota.used_up("vm-1", midnight - 1500ms) == 2s);
  CHECK_FALSE(quota.used_up("vm-2", midnight - 2s));
  CHECK_FALSE(quota.used_up("vm-1", midnight));
}

TEST_CASE("what was stored before midnight says nothing of the day that began meanwhile") {
  DailyQuota quota(100);
  note(quota, 100, midnight, "vm-2");
  note(quota, 100, midnight - 1s);
  CHECK_FALSE(quota.used_up("vm-1", midnight + 1s));
  CHECK(quota.used_up("vm-2", midnight + 1s));
  note(quota, 100, midnight + 2s);
  CHECK(quota.used_up("vm-1", midnight + 2s));
}

TEST_CASE("without a quota nobody waits") {
  DailyQuota quota(0);
  note(quota, 1'000'000'000, midnight);
  CHECK_FALSE(quota.used_up("vm-1", midnight));
}
