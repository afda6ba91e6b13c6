#include "server/database/database.hpp"
#include "server/events/event_row.hpp"
#include "server/events/hours.hpp"
#include "server/maintenance/check.hpp"
#include "server/maintenance/retention.hpp"
#include "server/serve/storage.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "print_error.hpp"
#include "temp_folder.hpp"

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

const Time noon = at("2024-03-15T12:00:00Z");

Event event_at(Time time) {
  Event event;
  event.machine_id = "vm-1";
  event.timestamp = time;
  event.timezone = "Europe/Berlin", event.utc_offset_min = 60;
  std::int64_t value = 0;
  for (const SummedField& row : summed_fields) event.*row.field = ++value;
  event.interval_sec = 60, event.active_sec = 30.5, event.is_idle = false;
  event.cpu_percent = 12.5, event.active_app = "code";
  return event;
}

Hour hour_with(int events) {
  Hour hour;
  for (int i = 0; i < events; ++i) hour.add(event_at(noon + i * 1min));
  return hour;
}

/// As a program packs it that knows one field more.
std::string newer_hour() {
  std::string packed = pack_hour(hour_with(1), summed_fields.size() - 1);
  const auto count = static_cast<char>((summed_fields.size() - 1) * 2), more = static_cast<char>(count + 4);
  const auto place = packed.find(std::string{2, count}, packed.find("Europe/Berlin"));  // 1 event, the number of sums
  REQUIRE(place != packed.npos);
  packed[place + 1] = more;
  return packed.insert(place + 2, "\x02\x02");
}

}  // namespace

TEST_CASE("an hour says after packing what it said before") {
  const Hour hour = hour_with(3);
  CHECK(same_hour(hour, pack_hour(hour)));
  CHECK_FALSE(same_hour(hour_with(2), pack_hour(hour)));
  Totals totals;
  const std::string packed = pack_hour(hour);
  const auto end = merge_packed(totals, packed).value();
  CHECK(end.timezone == "Europe/Berlin");
  CHECK(end.last_event == noon + 2min);
  CHECK(totals.sums == hour.totals.sums);
}

TEST_CASE("the bytes are what they were when the fields were seven") {
  Hour hour;
  Event event;
  event.timestamp = Time(1us);
  event.key_count = 1, event.mouse_clicks = 2, event.mouse_distance_px = 3, event.scroll_count = 4;
  event.scripted_count = 5, event.disk_read_bytes = 6, event.disk_write_bytes = 7;
  event.timezone = "UTC", event.interval_sec = 0;
  hour.add(event);
  const std::string layout_1("\x01\x02\x00\x06UTC\x02\x02\x04\x06\x08\x0a\x0c\x0e\x00\x00\x00\x00\x00\x00\x00\x00", 23);
  CHECK(pack_hour(hour, 7) == layout_1);
  CHECK(same_hour(hour, layout_1));
}

TEST_CASE("an hour of a program that knew fewer fields keeps all it has, and takes what is added") {
  for (std::size_t known = 0; known <= summed_fields.size(); ++known) {
    CAPTURE(known);
    Hour merged;
    REQUIRE(merge_packed(merged, pack_hour(hour_with(3), known)).has_value());
    merged.add(event_at(noon + 3min));
    const Hour all = hour_with(4);
    CHECK(merged.totals.events == 4);
    CHECK(merged.totals.active_sec == all.totals.active_sec);
    CHECK(merged.totals.apps.at("code").active_sec == all.totals.apps.at("code").active_sec);
    CHECK(merged.last_event == all.last_event);
    for (std::size_t i = 0; i < summed_fields.size(); ++i) {
      const auto one = static_cast<std::int64_t>(i + 1);
      CHECK(merged.totals.sums[i] == (i < known ? 4 * one : one));
    }
  }
}

TEST_CASE("an hour of a newer program, and bytes that are no hour, are told from each other") {
  const std::string packed = pack_hour(hour_with(2));
  const auto problem = [](std::string_view bytes) {
    Hour hour;
    Totals totals;
    const auto merged = merge_packed(hour, bytes);
    CHECK(merge_packed(totals, bytes).has_error() == merged.has_error());
    return merged ? std::optional<ErrorCode>() : merged.error().code;
  };
  CHECK(problem(packed) == std::nullopt);
  CHECK(problem(packed + "x") == ErrorCode::corrupt);
  CHECK(problem('\0' + packed.substr(1)) == ErrorCode::corrupt);
  CHECK(problem('\3' + packed.substr(1)) == ErrorCode::unsupported);
  CHECK(problem(newer_hour()) == ErrorCode::unsupported);
  for (std::size_t size = 0; size < packed.size(); ++size) CHECK(problem(packed.substr(0, size)) == ErrorCode::corrupt);
}

namespace {

/// A database whose events of the first day were removed for their age, as a program wrote it that knew five fields.
struct OlderDatabase {
  const Time old_hour = noon - 10 * 24h, young_hour = noon;
  TempFolder folder;
  std::string url = "sqlite:" + (folder.path / "server.db").string();

  OlderDatabase() {
    Store store = open_server_store(url).value();
    for (const Time hour : {old_hour, young_hour}) append(store, hour).value();
    REQUIRE(remove_old(*store.database, {.event_days = 2}, noon + 1h, [](bool) { return true; }).has_value());
    REQUIRE(store.reader->events("vm-1", {Time{}, Time::max()}, 10).value().size() == 1);
    for (const Time time : {old_hour, young_hour}) {
      Hour hour;
      hour.add(event_at(time));
      put(store, time, pack_hour(hour, 5));
    }
    REQUIRE(store.database->run("INSERT INTO server_state(name, value) VALUES('summed_fields', 5)").has_value());
  }

  static Result<Appended> append(Store& store, Time time) {
    const Event event = event_at(time);
    const Batch batch{{&event, 1}, std::nullopt};
    return store.writer->append({&batch, 1}, noon);
  }

  static void put(Store& store, Time hour, const std::string& packed) {
    const auto done = store.database->run("UPDATE hours SET totals = $1 WHERE start = $2", {Bytes{packed}, hour});
    REQUIRE(done.value() == 1);
  }

  static Totals totals(Store& store, Time hour) {
    Totals totals;
    Result<void> merged;
    const auto read = store.reader->hours("vm-1", {hour, hour + 1h}, [&](const HourKey&, std::string_view packed) {
      if (auto added = merge_packed(totals, packed); !added) merged = added.error();
    });
    REQUIRE(read.has_value());
    REQUIRE(merged.has_value());
    return totals;
  }
};

}  // namespace

TEST_CASE_FIXTURE(OlderDatabase, "a new field is added up from the events that are kept, and no hour loses anything") {
  Store store = open_server_store(url).value();
  const Totals young = totals(store, young_hour), old = totals(store, old_hour);
  CHECK(young.sum(&Event::disk_write_bytes) == 7);
  CHECK(compare_hours(*store.database, "vm-1").value().different == 0);
  CHECK(old.events == 1);
  CHECK(old.sum(&Event::key_count) == 1);
  CHECK(old.sum(&Event::scripted_count) == 5);
  CHECK(old.sum(&Event::disk_write_bytes) == 0);
  CHECK(old.apps.at("code").active_sec == 30.5);

  REQUIRE(append(store, old_hour + 1min).has_value());
  const Totals late = totals(store, old_hour);
  CHECK(late.events == 2);
  CHECK(late.sum(&Event::key_count) == 2);
  CHECK(late.sum(&Event::disk_write_bytes) == 7);
}

TEST_CASE_FIXTURE(OlderDatabase, "an hour of a newer program is reported and stays as it is; so is its database") {
  Store store = open_server_store(url).value();
  const std::string newer = newer_hour();
  put(store, young_hour, newer);
  const auto refused = append(store, young_hour + 1min);
  REQUIRE(refused.has_error());
  CHECK(refused.error().message.find("newer activitytrack-server") != std::string::npos);
  std::string kept;
  REQUIRE(store.reader
              ->hours("vm-1", {young_hour, noon + 1h}, [&](const HourKey&, std::string_view packed) { kept = packed; })
              .has_value());
  CHECK(kept == newer);

  REQUIRE(store.database->run("UPDATE server_state SET value = value + 1 WHERE name = 'summed_fields'").has_value());
  const auto opened = open_server_store(url);
  REQUIRE(opened.has_error());
  CHECK(opened.error().code == ErrorCode::unsupported);
  CHECK(opened.error().message.find("newer activitytrack-server") != std::string::npos);
}
