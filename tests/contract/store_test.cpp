// What every server store promises, wherever it keeps its events.
#include "store/store.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "print_error.hpp"
#include "temp_folder.hpp"

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

struct Sqlite {
  TempFolder folder;
  Store store = open_sqlite_store((folder.path / "server.db").string()).value();
};

struct Memory {
  Store store = make_memory_store();
};

const Time noon = at("2024-01-15T12:00:00Z");
const TimeRange always{Time{}, Time::max()};

Event event_of(std::string machine_id, Time timestamp) {
  Event event;
  event.machine_id = std::move(machine_id);
  event.timestamp = timestamp;
  return event;
}

/// Every field away from its default.
Event full_event() {
  Event event = event_of("vm-1", at("2024-01-15T10:30:00.123456Z"));
  event.key_count = 150, event.mouse_clicks = 45, event.mouse_distance_px = 12500, event.scroll_count = 20;
  event.active_window = "Ünï \"quoted\" \xF0\x9F\x98\x80 \n;--", event.active_app = "code",
  event.is_idle = false;
  event.cpu_percent = 25.5, event.ram_used_percent = 68.25, event.disk_used_percent = 0.0;
  event.interval_sec = 59.5, event.active_sec = 48.25;
  event.timezone = "Europe/Berlin", event.utc_offset_min = -210;
  event.disk_read_bytes = 9'000'000'000'000'000, event.disk_write_bytes = 524288;
  event.input_verdict = Verdict::mixed, event.genuine_score = 0.98;
  event.scripted_reasons = {"synthetic_device", "a \"word\""}, event.scripted_count = 7;
  return event;
}

Result<std::vector<Counts>> append(Store& store, std::vector<std::vector<Event>> batches, Time now = noon) {
  return store.writer->append(std::vector<std::span<const Event>>(batches.begin(), batches.end()), now);
}

std::vector<Time> times(const std::vector<Event>& events) {
  std::vector<Time> all;
  for (const Event& event : events) all.push_back(event.timestamp);
  return all;
}

}  // namespace

TEST_CASE_TEMPLATE("an event comes back as it went in", Kind, Sqlite, Memory) {
  Kind kind;
  const Event full = full_event(), bare = event_of("vm-1", noon);
  CHECK(append(kind.store, {{full, bare}}).value() == std::vector<Counts>{{2, 0}});
  CHECK(kind.store.reader->events("vm-1", always, 10).value() == std::vector{full, bare});
}

TEST_CASE_TEMPLATE("an event that comes twice is stored once, as it first was", Kind, Sqlite, Memory) {
  Kind kind;
  Event first = event_of("vm-1", noon), again = first, other = event_of("vm-2", noon);
  first.key_count = 1, again.key_count = 2;
  const auto counts = append(kind.store, {{first, again}, {again, other}}).value();
  CHECK(counts == std::vector<Counts>{{1, 1}, {1, 1}});
  CHECK(append(kind.store, {{again}}).value() == std::vector<Counts>{{0, 1}});
  CHECK(kind.store.reader->events("vm-1", always, 10).value() == std::vector{first});
  CHECK(kind.store.reader->events("vm-2", always, 10).value() == std::vector{other});
}

TEST_CASE_TEMPLATE("a microsecond tells two events apart", Kind, Sqlite, Memory) {
  Kind kind;
  const auto counts = append(kind.store, {{event_of("vm-1", noon), event_of("vm-1", noon + 1us)}}).value();
  CHECK(counts == std::vector<Counts>{{2, 0}});
}

TEST_CASE_TEMPLATE("events are read in order of time, half-open, up to a limit", Kind, Sqlite, Memory) {
  Kind kind;
  REQUIRE(
      append(kind.store, {{event_of("vm-1", noon + 2h), event_of("vm-1", noon), event_of("vm-2", noon + 1h)},
                          {event_of("vm-1", noon + 1h)}})
          .has_value());
  auto& reader = *kind.store.reader;
  CHECK(times(reader.events("vm-1", always, 10).value()) == std::vector{noon, noon + 1h, noon + 2h});
  CHECK(times(reader.events("vm-1", {noon, noon + 2h}, 10).value()) == std::vector{noon, noon + 1h});
  CHECK(times(reader.events("vm-1", {noon + 1us, always.end}, 1).value()) == std::vector{noon + 1h});
  CHECK(reader.events("vm-1", {noon + 1h, noon}, 10).value().empty());
  CHECK(reader.events("vm-3", always, 10).value().empty());
}

TEST_CASE_TEMPLATE("the edges of time are kept", Kind, Sqlite, Memory) {
  Kind kind;
  const Time first = at("1970-01-01T00:00:00Z"), last = at("2199-12-31T23:59:59.999999Z");
  REQUIRE(append(kind.store, {{event_of("vm-1", last), event_of("vm-1", first)}}).has_value());
  CHECK(times(kind.store.reader->events("vm-1", always, 10).value()) == std::vector{first, last});
}

TEST_CASE_TEMPLATE("a machine is known from its first event on", Kind, Sqlite, Memory) {
  Kind kind;
  auto& reader = *kind.store.reader;
  CHECK(reader.machines().value().empty());
  CHECK_FALSE(reader.machine("vm-1").value());
  REQUIRE(append(kind.store, {{event_of("vm-2", noon), event_of("vm-1", noon)}}, noon).has_value());
  REQUIRE(append(kind.store, {{event_of("vm-1", noon)}}, noon + 1h).has_value());
  const Machine one{"vm-1", std::nullopt, noon, noon + 1h, ""}, two{"vm-2", std::nullopt, noon, noon, ""};
  CHECK(reader.machines().value() == std::vector{one, two});
  CHECK(reader.machine("vm-1").value() == one);
}

TEST_CASE_TEMPLATE("the server's clock may go back", Kind, Sqlite, Memory) {
  Kind kind;
  REQUIRE(append(kind.store, {{event_of("vm-1", noon)}}, noon).has_value());
  REQUIRE(append(kind.store, {{event_of("vm-1", noon + 1h)}}, noon - 1h).has_value());
  CHECK(kind.store.reader->machine("vm-1").value()->last_seen == noon);
}

TEST_CASE_TEMPLATE("a machine's zone is that of its latest event that names one", Kind, Sqlite, Memory) {
  Kind kind;
  const auto in_zone = [](Time timestamp, std::string zone) {
    Event event = event_of("vm-1", timestamp);
    event.timezone = std::move(zone);
    return event;
  };
  const auto zone = [&] { return kind.store.reader->machine("vm-1").value()->timezone; };
  REQUIRE(
      append(kind.store, {{in_zone(noon + 1h, "Asia/Tokyo"), in_zone(noon, "Europe/Berlin")}}).has_value());
  CHECK(zone() == "Asia/Tokyo");
  REQUIRE(append(kind.store, {{in_zone(noon - 1h, "America/Lima"), in_zone(noon + 3h, "")}}).has_value());
  CHECK(zone() == "Asia/Tokyo");
  REQUIRE(append(kind.store, {{in_zone(noon + 2h, "America/Lima")}}).has_value());
  CHECK(zone() == "America/Lima");
}

TEST_CASE_TEMPLATE("a label is set, taken away, and refused for an unknown machine", Kind, Sqlite, Memory) {
  Kind kind;
  REQUIRE(append(kind.store, {{event_of("vm-1", noon)}}).has_value());
  const auto label = [&] { return kind.store.reader->machine("vm-1").value()->user_label; };
  CHECK(kind.store.writer->set_user_label("vm-1", "Änne").value());
  CHECK(label() == "Änne");
  REQUIRE(append(kind.store, {{event_of("vm-1", noon + 1h)}}).has_value());
  CHECK(label() == "Änne");
  CHECK(kind.store.writer->set_user_label("vm-1", std::nullopt).value());
  CHECK_FALSE(label());
  CHECK_FALSE(kind.store.writer->set_user_label("vm-9", "x").value());
}

TEST_CASE_TEMPLATE("ids that differ in anything are different machines", Kind, Sqlite, Memory) {
  Kind kind;
  for (const char* id : {"a", "A", "a/b", "ä", "a%", "a'"})
    REQUIRE(append(kind.store, {{event_of(id, noon)}}).has_value());
  CHECK(kind.store.reader->machines().value().size() == 6);
}
