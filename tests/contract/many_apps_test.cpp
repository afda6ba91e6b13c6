// What is kept of an hour in which a machine names very many applications: the same in every database that keeps
// tables.
#include "server/database/database.hpp"
#include "server/events/hours.hpp"
#include "server/events/store.hpp"
#include "server/maintenance/check.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "print_error.hpp"
#include "store_kinds.hpp"
#include "temp_folder.hpp"

#include <algorithm>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

/// Puts events into the store in several transactions.
void append_in_parts(Store& store, std::span<const Event> events) {
  for (std::size_t begin = 0; begin < events.size(); begin += 700) {
    const Batch batch{events.subspan(begin, std::min<std::size_t>(700, events.size() - begin)), std::nullopt};
    REQUIRE(store.writer->append(std::span(&batch, 1), noon).has_value());
  }
}

std::vector<std::string> packed_hours(Store& store, const std::string& machine) {
  std::vector<std::string> hours;
  REQUIRE(store.reader->hours(machine, always,
                              [&](const HourKey&, std::string_view packed) { hours.emplace_back(packed); }));
  return hours;
}

/// An hour without applications, with these added to it by hand: as a program packed it that had no bound.
std::string with_apps(std::string packed, int count) {
  const auto number = [&](std::uint64_t value) {
    for (value <<= 1; value >= 0x80; value >>= 7) packed += static_cast<char>(value | 0x80);
    packed += static_cast<char>(value);
  };
  packed.pop_back();
  number(static_cast<std::uint64_t>(count));
  for (int i = 0; i < count; ++i) {
    const std::string name = "old " + std::to_string(i);
    number(name.size());
    packed += name;
    number(1'000'000), number(1);
  }
  return packed;
}

}  // namespace

TEST_CASE_TEMPLATE("an hour of very many applications stays small, and is what its events say in any order", Kind,
                   TABLE_KINDS) {
  Kind kind;
  std::vector<Event> events;
  for (int i = 0; i < 3000; ++i) {
    Event event{.machine_id = "vm-1", .timestamp = noon + i * 1s, .key_count = 1};
    event.active_app = "app " + std::to_string(i * 7919 % 3000);
    event.is_idle = false, event.active_sec = 0.1;
    events.push_back(std::move(event));
  }
  append_in_parts(kind.store, events);
  CHECK(compare_hours(*kind.store.database, "vm-1").value().different == 0);
  const auto kept = packed_hours(kind.store, "vm-1");
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].size() < 7500);
  REQUIRE(rebuild_hours(*kind.store.database, "vm-1").has_value());
  Hour rebuilt;
  REQUIRE(merge_packed(rebuilt, packed_hours(kind.store, "vm-1").at(0)).has_value());
  CHECK(same_hour(rebuilt, kept[0]));

  for (Event& event : events) event.machine_id = "vm-2";
  std::ranges::reverse(events);
  append_in_parts(kind.store, events);
  CHECK(same_hour(rebuilt, packed_hours(kind.store, "vm-2").at(0)));
  CHECK(events.size() == rebuilt.totals.sum(&Event::key_count));
}

#ifndef WITH_POSTGRES
TEST_CASE("an hour that was kept without a bound is right as it is, and cut when an event is added") {
  Sqlite kind;
  append_in_parts(kind.store, std::vector{event_of("vm-1", noon)});
  const std::string before = packed_hours(kind.store, "vm-1").at(0);
  const std::string old = with_apps(before, 100'000);
  REQUIRE(kind.store.database->run("UPDATE hours SET totals = $1", {Bytes{old}}).value() == 1);
  Hour hour;
  REQUIRE(merge_packed(hour, old).has_value());
  CHECK(hour.totals.apps.size() == 100'000);
  CHECK(same_hour(hour, old));
  append_in_parts(kind.store, std::vector{event_of("vm-1", noon + 1min)});
  const std::string cut = packed_hours(kind.store, "vm-1").at(0);
  CHECK(cut.size() < 7500);
  Totals totals;
  REQUIRE(merge_packed(totals, cut).has_value());
  std::int64_t keys = 0;
  for (const auto& [name, app] : totals.apps) keys += app.key_count;
  CHECK(keys == 100'000);
}
#endif
