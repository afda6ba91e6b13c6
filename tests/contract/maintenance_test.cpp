// Retention, erasure, export and the checks of hours: the same in every database that keeps tables.
#include "server/maintenance/maintenance.hpp"
#include "server/accounts/audit.hpp"
#include "server/accounts/credentials.hpp"
#include "server/events/event_row.hpp"
#include "server/events/hours.hpp"
#include "server/events/store.hpp"
#include "server/events/verdict_answers.hpp"
#include "server/maintenance/check.hpp"
#include "server/maintenance/import_export.hpp"
#include "server/maintenance/retention.hpp"
#include "server/screenshots/screenshots.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "memory_pictures.hpp"
#include "print_error.hpp"
#include "store_kinds.hpp"
#include "temp_folder.hpp"

#include <map>
#include <set>
#include <thread>

#ifdef WITH_POSTGRES
#include "server/events/postgres_schema.hpp"
#endif

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

const Time midday = at("2024-03-15T12:00:00Z");
const TimeRange all_time{Time{}, Time::max()};

/// A store's screenshots, of which there are none.
struct Pictures {
  explicit Pictures(Store& store) : all{*store.database, *kept, *uploads, clock} {}

  TempFolder folder;
  FakeClock clock{"2024-03-15T12:00:00Z"};
  std::unique_ptr<PictureStore> kept = make_memory_picture_store();
  std::unique_ptr<Uploads> uploads = Uploads::make(folder.path / "uploads").value();
  Screenshots all;
};

/// Of a bucket that is down.
struct NoPictures : PictureStore {
  static Error down() { return {ErrorCode::unavailable, "the bucket is down"}; }
  Result<void> put(const Screenshot&, const std::string&) override { return down(); }
  Result<PictureBytes> open(const std::string&) override { return down(); }
  Result<std::optional<std::int64_t>> size(const std::string&) override { return down(); }
  Result<void> remove(const std::string&) override { return down(); }
  Result<void> list(const std::string&, const EachPicture&) override { return down(); }
};

/// Events of the minutes before `end`, each with a key.
void fill(Store& store, const std::string& machine, Time end, int minutes) {
  std::vector<Event> events;
  for (int i = minutes; i > 0; --i) {
    Event event;
    event.machine_id = machine;
    event.timestamp = end - i * 1min;
    event.key_count = 1;
    event.utc_offset_min = 330;  // hours begin at half past
    event.input_measures.add("keys", 0.1F);
    events.push_back(std::move(event));
  }
  const Batch batch{events, std::nullopt};
  REQUIRE(store.writer->append(std::span(&batch, 1), midday).has_value());
}

std::size_t events(Store& store, const std::string& machine) {
  return store.reader->events(machine, all_time, 100'000).value().size();
}

/// The keys that a machine's hours count.
std::int64_t keys_of_hours(Store& store, const std::string& machine) {
  Totals totals;
  REQUIRE(store.reader->hours(machine, all_time,
                              [&](const HourKey&, std::string_view packed) { REQUIRE(merge_packed(totals, packed)); }));
  return totals.sum(&Event::key_count);
}

std::int64_t count(Store& store, std::string_view sql) {
  std::int64_t found = 0;
  REQUIRE(store.database->run(sql, {}, [&](const SqlRow& row) { found = row.integer(0); }).has_value());
  return found;
}

Result<void> begin(Store& store, const std::string& machine) {
  return store.database->transact([&] { return begin_erasure(*store.database, machine, midday); });
}

}  // namespace

TEST_CASE_TEMPLATE("what is too old goes, day by day, and its hours stay", Kind, TABLE_KINDS) {
  Kind kind;
  fill(kind.store, "vm-1", midday, 5000);
  fill(kind.store, "vm-2", midday - 24h * 30, 1500);
  int steps = 0;
  const auto pause = [&](bool worked) {
    steps += worked;
    return true;
  };
  CHECK(remove_old(*kind.store.database, {.event_days = 1}, midday, pause).value() == 5000 - 36 * 60 + 1500);
  CHECK(steps >= 4);
  CHECK(events(kind.store, "vm-1") == 36 * 60);  // since midnight of the day before
  CHECK(kind.store.reader->events("vm-1", all_time, 1).value()[0].timestamp == at("2024-03-14T00:00:00Z"));
  CHECK(events(kind.store, "vm-2") == 0);
  CHECK(keys_of_hours(kind.store, "vm-1") == 5000);
  CHECK(keys_of_hours(kind.store, "vm-2") == 1500);
  CHECK(kind.store.reader->machine("vm-2").value());
  CHECK(remove_old(*kind.store.database, {.event_days = 1}, midday, go_on).value() == 0);
}

TEST_CASE_TEMPLATE("hours go when they are told to", Kind, TABLE_KINDS) {
  Kind kind;
  fill(kind.store, "vm-1", midday, 3 * 24 * 60);
  REQUIRE(remove_old(*kind.store.database, {.hour_days = 1}, midday, go_on).has_value());
  CHECK(events(kind.store, "vm-1") == 3 * 24 * 60);
  CHECK(keys_of_hours(kind.store, "vm-1") == (36 * 60 - 30));  // the hour that began before midnight went whole
}

TEST_CASE_TEMPLATE("nothing goes where nothing is told", Kind, TABLE_KINDS) {
  Kind kind;
  fill(kind.store, "vm-1", midday, 10);
  CHECK(remove_old(*kind.store.database, {}, midday + 24h * 3650, go_on).value() == 0);
  CHECK(events(kind.store, "vm-1") == 10);
  CHECK(keys_of_hours(kind.store, "vm-1") == 10);
}

TEST_CASE_TEMPLATE("hours whose events went are neither rebuilt nor found wrong", Kind, TABLE_KINDS) {
  Kind kind;
  fill(kind.store, "vm-1", midday, 5000);
  REQUIRE(remove_old(*kind.store.database, {.event_days = 1}, midday, go_on).has_value());
  REQUIRE(rebuild_hours(*kind.store.database, "vm-1").has_value());
  CHECK(keys_of_hours(kind.store, "vm-1") == 5000);
  const auto check = compare_hours(*kind.store.database, "vm-1").value();
  CHECK(check.different == 0);
  CHECK(check.hours > 30);
}

TEST_CASE_TEMPLATE("a wrong hour is found, and put right by a rebuild", Kind, TABLE_KINDS) {
  Kind kind;
  fill(kind.store, "vm-1", midday, 180);
  REQUIRE(kind.store.database->run("UPDATE hours SET totals = $1 WHERE machine = $2 AND start = $3",
                                   {Bytes{pack_hour({})}, machine_key("vm-1"),
                                    std::int64_t{at("2024-03-15T10:30:00Z").time_since_epoch().count()}}) == 1);
  CHECK(compare_hours(*kind.store.database, "vm-1").value().different == 1);
  REQUIRE(rebuild_hours(*kind.store.database, "vm-1").has_value());
  CHECK(compare_hours(*kind.store.database, "vm-1").value().different == 0);
  CHECK(keys_of_hours(kind.store, "vm-1") == 180);
}

TEST_CASE_TEMPLATE("every machine is visited once, however many", Kind, TABLE_KINDS) {
  Kind kind;
  std::vector<Event> all;
  for (int i = 0; i < 2001; ++i) {
    all.push_back({});
    all.back().machine_id = "vm-" + std::to_string(i);
    all.back().timestamp = midday;
  }
  const Batch batch{all, std::nullopt};
  REQUIRE(kind.store.writer->append(std::span(&batch, 1), midday).has_value());
  std::set<std::string> seen;
  REQUIRE(each_machine(*kind.store.database, [&](const std::string& id) -> Result<void> {
    CHECK(seen.insert(id).second);
    return {};
  }));
  CHECK(seen.size() == 2001);
}

TEST_CASE_TEMPLATE("an erased machine leaves nothing, and others are untouched", Kind, TABLE_KINDS) {
  Kind kind;
  Pictures pictures(kind.store);
  fill(kind.store, "vm-1", midday, 2500);
  fill(kind.store, "vm-2", midday, 10);
  for (const char* machine : {"vm-1", "vm-2"})
    REQUIRE(add_verdict_answer(*kind.store.database, machine, {midday, midday, "ann", "a macro"}).has_value());
  REQUIRE(begin(kind.store, "vm-1").has_value());
  CHECK_FALSE(kind.store.reader->machine("vm-1").value());
  CHECK(begun_erasures(*kind.store.database).value() == std::vector<std::string>{"vm-1"});
  // Stopped half way, and taken up again.
  REQUIRE(finish_erasure(*kind.store.database, pictures.all, "vm-1", [](bool) { return false; }).has_value());
  CHECK(events(kind.store, "vm-1") == 1500);
  CHECK(begun_erasures(*kind.store.database).value().size() == 1);
  REQUIRE(finish_erasure(*kind.store.database, pictures.all, "vm-1", go_on).has_value());
  CHECK(count(kind.store, "SELECT count(*) FROM events") == 10);
  CHECK(count(kind.store, "SELECT count(*) FROM verdict_answers") == 1);
  CHECK(count(kind.store, "SELECT count(*) FROM machines") == 1);
  CHECK(keys_of_hours(kind.store, "vm-1") == 0);
  CHECK(keys_of_hours(kind.store, "vm-2") == 10);
  CHECK(begun_erasures(*kind.store.database).value().empty());
  const auto again = begin(kind.store, "vm-1");
  REQUIRE(again.has_error());
  CHECK(again.error().code == ErrorCode::not_found);
}

TEST_CASE_TEMPLATE("a machine is enrolled again when its erasure has ended", Kind, TABLE_KINDS) {
  Kind kind;
  Pictures pictures(kind.store);
  Database& database = *kind.store.database;
  fill(kind.store, "vm-1", midday, 10);
  REQUIRE(begin(kind.store, "vm-1").has_value());
  const auto token =
      create_enrolment_token(database, {.expires_at = midday + 24h, .may_replace = true}, midday).value();
  const auto enrol = [&] {
    return database.transact([&]() -> Result<void> {
      const auto made = enrol_machine(database, token.id, "vm-1", midday);
      if (!made) return made.error();
      return {};
    });
  };
  const auto early = enrol();
  REQUIRE(early.has_error());
  CHECK(early.error().code == ErrorCode::conflict);
  CHECK(early.error().message.find("being erased") != std::string::npos);
  REQUIRE(finish_erasure(database, pictures.all, "vm-1", go_on).has_value());
  CHECK(enrol().has_value());
}

TEST_CASE_TEMPLATE("a server ends erasures that have begun, and removes what is too old", Kind, TABLE_KINDS) {
  Kind kind;
  fill(kind.store, "vm-1", midday, 1500);
  fill(kind.store, "vm-2", midday, 1500);
  fill(kind.store, "vm-2", midday - 24h * 30, 1500);
  REQUIRE(begin(kind.store, "vm-1").has_value());
  FakeClock clock("2024-03-15T12:00:00Z");
  MemoryLog log;
  Pictures pictures(kind.store);
  Maintenance maintenance(*kind.store.database, pictures.all, clock, log, {.event_days = 7});
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  const auto left = [&] { return events(kind.store, "vm-1") + events(kind.store, "vm-2"); };
  while (left() != 1500 && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(5ms);
  maintenance.stop();
  CHECK(left() == 1500);
  CHECK(log.count("erased a machine") == 1);
}

TEST_CASE_TEMPLATE("pictures that cannot be got at hold up no event's erasure", Kind, TABLE_KINDS) {
  Kind kind;
  for (const std::string machine : {"vm-1", "vm-2"}) {
    fill(kind.store, machine, midday, 10);
    REQUIRE(begin(kind.store, machine).has_value());
  }
  FakeClock clock("2024-03-15T12:00:00Z");
  MemoryLog log;
  Pictures pictures(kind.store);
  pictures.kept = std::make_unique<NoPictures>();
  Screenshots unreachable{*kind.store.database, *pictures.kept, *pictures.uploads, clock};
  Maintenance maintenance(*kind.store.database, unreachable, clock, log, {});
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  const auto left = [&] { return events(kind.store, "vm-1") + events(kind.store, "vm-2"); };
  while (left() > 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(5ms);
  maintenance.stop();
  CHECK(left() == 0);
  CHECK(log.count("the maintenance of data failed") == 1);
  CHECK(log.count("erased a machine") == 0);
}

TEST_CASE_TEMPLATE("one server an hour removes what is too old", Kind, TABLE_KINDS) {
  Kind kind;
  FakeClock clock("2024-03-15T12:00:00Z");
  MemoryLog log;
  std::atomic<int> turns = 0;
  const auto drop = [&](Time before) -> Result<void> {
    CHECK(before == at("2024-03-08T00:00:00Z"));
    ++turns;
    return {};
  };
  const auto serve_a_little = [&] {
    Pictures pictures(kind.store);
    Maintenance maintenance(*kind.store.database, pictures.all, clock, log, {.event_days = 7}, drop);
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    const auto looked = [&] {
      return count(kind.store, "SELECT count(*) FROM server_state WHERE name = 'retention_at'");
    };
    while (looked() == 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::sleep_for(5ms);
  };
  serve_a_little();
  serve_a_little();
  CHECK(turns == 1);
}

TEST_CASE_TEMPLATE("all that is kept of a machine comes out", Kind, TABLE_KINDS) {
  Kind kind;
  fill(kind.store, "vm-1", midday, 2100);
  fill(kind.store, "vm-2", midday, 10);
  const AuditEntry entry{.at = midday, .kind = "person", .name = "ann", .action = "GET /x", .machine_id = "vm-1"};
  REQUIRE(write_audit(*kind.store.database, std::span(&entry, 1)).has_value());
  REQUIRE(add_verdict_answer(*kind.store.database, "vm-1", {midday, midday, "ann", "a macro"}).has_value());
  std::map<std::string, int> lines;
  REQUIRE(export_machine(kind.store, "vm-1", midday, [&](std::string_view line) {
    CHECK(line.ends_with("}\n"));
    CHECK(line.find("vm-2") == line.npos);
    ++lines[std::string(line.substr(2, line.find('"', 2) - 2))];
  }));
  CHECK(lines ==
        std::map<std::string, int>{{"machine", 1}, {"event", 2100}, {"hour", 36}, {"answer", 1}, {"audit", 1}});
  CHECK(export_machine(kind.store, "vm-3", midday, [](std::string_view) {}).has_error());
}

TEST_CASE_TEMPLATE("a machine that sent screenshots alone comes out too, until it is erased", Kind, TABLE_KINDS) {
  Kind kind;
  Pictures pictures(kind.store);
  Screenshot shot;
  shot.machine_id = "vm-1", shot.id = "same", shot.taken_at = midday;
  shot.format = Screenshot::Format::none, shot.same_as = "other";
  REQUIRE(pictures.all.announce(shot, {}).value().what == Announced::stored);
  std::string lines;
  const auto collect = [&](std::string_view line) { lines += line; };
  REQUIRE(export_machine(kind.store, "vm-1", midday, collect).has_value());
  CHECK(lines.starts_with("{\"machine\":{\"machine_id\":\"vm-1\"}}\n{\"screenshot\":{"));
  REQUIRE(begin(kind.store, "vm-1").has_value());
  CHECK(export_machine(kind.store, "vm-1", midday, collect).error().code == ErrorCode::not_found);
}

#ifdef WITH_POSTGRES
TEST_CASE("months that are wholly past are dropped at once") {
  Postgres postgres;
  fill(postgres.store, "vm-1", at("2024-01-01T00:05:00Z"), 10);  // the last of 2023, and the first of 2024
  fill(postgres.store, "vm-1", midday, 10);
  REQUIRE(drop_months_before(postgres.url, at("2024-01-31T23:00:00Z")).has_value());
  CHECK(events(postgres.store, "vm-1") == 15);
  REQUIRE(drop_months_before(postgres.url, at("2024-02-01T00:00:00Z")).has_value());
  CHECK(events(postgres.store, "vm-1") == 10);
  fill(postgres.store, "vm-1", at("2024-01-10T00:00:00Z"), 10);  // late ones find a place
  CHECK(events(postgres.store, "vm-1") == 20);
}
#endif
