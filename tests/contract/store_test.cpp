// What every server store promises, wherever it keeps its events.
#include "server/events/store.hpp"
#include "server/events/admission.hpp"
#include "server/events/event_row.hpp"
#include "server/events/hours.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "print_error.hpp"
#include "store_kinds.hpp"

#include <algorithm>
#include <random>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

/// Every field away from its default.
Event full_event() {
  Event event = event_of("vm-1", at("2024-01-15T10:30:00.123456Z"));
  event.key_count = 150, event.mouse_clicks = 45, event.mouse_distance_px = 12500, event.scroll_count = 20;
  event.active_window = "Ünï \"quoted\" \xF0\x9F\x98\x80 \n;--", event.active_app = "code", event.is_idle = false;
  event.cpu_percent = 25.5, event.ram_used_percent = 68.25, event.disk_used_percent = 0.0;
  event.interval_sec = 59.5, event.active_sec = 48.25;
  event.timezone = "Europe/Berlin", event.utc_offset_min = -210;
  event.disk_read_bytes = 9'000'000'000'000'000, event.disk_write_bytes = 524288;
  event.input_verdict = Verdict::mixed, event.genuine_score = 0.98;
  event.scripted_reasons = {"synthetic_device", "a \"word\""}, event.scripted_count = 7;
  event.gap_before = Gap::blind;
  event.input_measures.add("keys", 0.1F), event.input_measures.add("jerk_mean", -1e-30F);
  return event;
}

Result<std::vector<Counts>> append(Store& store, std::vector<std::vector<Event>> batches, Time now = noon) {
  std::vector<Batch> views;
  for (const auto& batch : batches) views.push_back({batch, std::nullopt});
  auto appended = store.writer->append(views, now);
  if (!appended) return appended.error();
  return appended->counts;
}

std::vector<Machine> machines(Store& store) { return store.reader->machines("", 100).value(); }

using HourList = std::vector<std::pair<HourKey, Hour>>;

HourList hours(Store& store, TimeRange range = always) {
  HourList all;
  const auto read = store.reader->hours("vm-1", range, [&](const HourKey& key, std::string_view packed) {
    REQUIRE(merge_packed(all.emplace_back(key, Hour{}).second, packed));
  });
  REQUIRE(read.has_value());
  return all;
}

bool same(const HourList& kept, const Hours& expected) {
  return std::ranges::equal(kept, expected, [](const auto& one, const auto& other) {
    return one.first == other.first && same_hour(one.second, pack_hour(other.second));
  });
}

std::vector<Time> times(const std::vector<Event>& events) {
  std::vector<Time> all;
  for (const Event& event : events) all.push_back(event.timestamp);
  return all;
}

}  // namespace

TEST_CASE_TEMPLATE("an event comes back as it went in", Kind, STORE_KINDS) {
  Kind kind;
  const Event full = full_event(), bare = event_of("vm-1", noon);
  CHECK(append(kind.store, {{full, bare}}).value() == std::vector<Counts>{{2, 0}});
  CHECK(kind.store.reader->events("vm-1", always, 10).value() == std::vector{full, bare});
}

TEST_CASE_TEMPLATE("an event that comes twice is stored once, as it first was", Kind, STORE_KINDS) {
  Kind kind;
  Event first = event_of("vm-1", noon), again = first, other = event_of("vm-2", noon);
  first.key_count = 1, again.key_count = 2;
  const auto counts = append(kind.store, {{first, again}, {again, other}}).value();
  CHECK(counts == std::vector<Counts>{{1, 1}, {1, 1}});
  CHECK(append(kind.store, {{again}}).value() == std::vector<Counts>{{0, 1}});
  CHECK(kind.store.reader->events("vm-1", always, 10).value() == std::vector{first});
  CHECK(kind.store.reader->events("vm-2", always, 10).value() == std::vector{other});
}

TEST_CASE_TEMPLATE("a microsecond tells two events apart", Kind, STORE_KINDS) {
  Kind kind;
  const auto counts = append(kind.store, {{event_of("vm-1", noon), event_of("vm-1", noon + 1us)}}).value();
  CHECK(counts == std::vector<Counts>{{2, 0}});
}

TEST_CASE_TEMPLATE("events are read in order of time, half-open, up to a limit", Kind, STORE_KINDS) {
  Kind kind;
  REQUIRE(append(kind.store, {{event_of("vm-1", noon + 2h), event_of("vm-1", noon), event_of("vm-2", noon + 1h)},
                              {event_of("vm-1", noon + 1h)}})
              .has_value());
  auto& reader = *kind.store.reader;
  CHECK(times(reader.events("vm-1", always, 10).value()) == std::vector{noon, noon + 1h, noon + 2h});
  CHECK(times(reader.events("vm-1", {noon, noon + 2h}, 10).value()) == std::vector{noon, noon + 1h});
  CHECK(times(reader.events("vm-1", {noon + 1us, always.end}, 1).value()) == std::vector{noon + 1h});
  CHECK(reader.events("vm-1", {noon + 1h, noon}, 10).value().empty());
  CHECK(reader.events("vm-3", always, 10).value().empty());
}

TEST_CASE_TEMPLATE("of many hours each is read once", Kind, STORE_KINDS) {
  Kind kind;
  std::vector<Event> events;
  for (int i = 0; i < 1001; ++i) {
    events.push_back(event_of("vm-1", noon + i / 2 * 1h));
    events.back().timestamp += i % 2 * 1us;
    events.back().utc_offset_min = i % 2 * 60;  // two clocks show each hour
  }
  REQUIRE(append(kind.store, {events}).has_value());
  const HourList all = hours(kind.store);
  CHECK(all.size() == 1001);
  CHECK(std::ranges::adjacent_find(all, [](const auto& one, const auto& next) { return one.first >= next.first; }) ==
        all.end());
}

TEST_CASE_TEMPLATE("the edges of time are kept", Kind, STORE_KINDS) {
  Kind kind;
  const Time first = at("1970-01-01T00:00:00Z"), last = at("2199-12-31T23:59:59.999999Z");
  REQUIRE(append(kind.store, {{event_of("vm-1", last), event_of("vm-1", first)}}).has_value());
  CHECK(times(kind.store.reader->events("vm-1", always, 10).value()) == std::vector{first, last});
}

TEST_CASE_TEMPLATE("a machine is known from its first event on", Kind, STORE_KINDS) {
  Kind kind;
  auto& reader = *kind.store.reader;
  CHECK(machines(kind.store).empty());
  CHECK_FALSE(reader.machine("vm-1").value());
  REQUIRE(append(kind.store, {{event_of("vm-2", noon), event_of("vm-1", noon)}}, noon).has_value());
  REQUIRE(append(kind.store, {{event_of("vm-1", noon)}}, noon + 1h).has_value());
  Machine one{"vm-1", std::nullopt, noon, noon + 1h, "", std::nullopt, noon, true},
      two{"vm-2", std::nullopt, noon, noon, "", std::nullopt, noon, true};
  one.day = two.day = day_number(noon);
  one.day_events = 2, two.day_events = 1;
  CHECK(machines(kind.store) == std::vector{one, two});
  CHECK(reader.machine("vm-1").value() == one);
}

TEST_CASE_TEMPLATE("the server's clock may go back", Kind, STORE_KINDS) {
  Kind kind;
  REQUIRE(append(kind.store, {{event_of("vm-1", noon)}}, noon).has_value());
  REQUIRE(append(kind.store, {{event_of("vm-1", noon + 1h)}}, noon - 1h).has_value());
  CHECK(kind.store.reader->machine("vm-1").value()->last_seen == noon);
}

TEST_CASE_TEMPLATE("a machine is idle when its latest event is, in whatever order they come", Kind, STORE_KINDS) {
  Kind kind;
  const auto after = [&](Time timestamp, bool is_idle) {
    Event event = event_of("vm-1", timestamp);
    event.is_idle = is_idle;
    REQUIRE(append(kind.store, {{event}}).has_value());
    const auto machine = kind.store.reader->machine("vm-1").value();
    return std::pair(machine->latest_event, machine->latest_is_idle);
  };
  CHECK(after(noon, true) == std::pair(noon, true));
  CHECK(after(noon - 1h, false) == std::pair(noon, true));
  CHECK(after(noon + 1h, false) == std::pair(noon + 1h, false));
}

TEST_CASE_TEMPLATE("a machine is scripted while its latest event is nothing else", Kind, STORE_KINDS) {
  Kind kind;
  const auto after = [&](Time timestamp, Verdict verdict) {
    Event event = event_of("vm-1", timestamp);
    event.input_verdict = verdict;
    REQUIRE(append(kind.store, {{event}}).has_value());
    return kind.store.reader->machine("vm-1").value()->latest_is_scripted;
  };
  CHECK_FALSE(after(noon, Verdict::mixed));
  CHECK(after(noon + 1min, Verdict::scripted));
  CHECK(after(noon - 1min, Verdict::genuine));
  CHECK_FALSE(after(noon + 2min, Verdict::none));
}

TEST_CASE_TEMPLATE("an agent's last word is kept without events until it says another", Kind, STORE_KINDS) {
  Kind kind;
  AgentState agent{"1", 60, 300, AgentState::Capture::working, "vm-1", Gap::asleep, noon - 1min};
  const auto say = [&](std::span<const Event> events, Time now) {
    const Batch batch{events, agent};
    REQUIRE(kind.store.writer->append(std::span(&batch, 1), now).value().counts ==
            std::vector{Counts{events.size(), 0}});
    return kind.store.reader->machine("vm-1").value().value();
  };
  const Machine machine = say({}, noon);
  CHECK(machine.agent->state == Gap::asleep);
  CHECK(machine.agent->since == noon - 1min);
  CHECK(machine.last_seen == noon);
  CHECK(machine.latest_event == Time());
  CHECK(liveness(machine, noon + 24h) == Liveness::asleep);
  REQUIRE(append(kind.store, {{event_of("vm-1", noon - 1h)}}).has_value());  // of who says nothing of an agent
  CHECK(kind.store.reader->machine("vm-1").value()->agent->state == Gap::asleep);

  agent.state.reset();
  const std::vector later{event_of("vm-1", noon + 8h)};
  CHECK_FALSE(say(later, noon + 8h).agent->state);
  agent.state = Gap::stopped, agent.since = noon + 9h;
  CHECK(say({}, noon + 9h).latest_event == noon + 8h);
  agent.machine_id.clear();
  const Batch nobody{{}, agent};
  REQUIRE(kind.store.writer->append(std::span(&nobody, 1), noon).has_value());
  CHECK(machines(kind.store).size() == 1);
}

TEST_CASE_TEMPLATE("gaps have the names that events give them, and are cut to what is asked for", Kind, STORE_KINDS) {
  Kind kind;
  const auto event = [](Time timestamp, std::optional<Gap> gap, double seconds = 60) {
    Event made = event_of("vm-1", timestamp);
    made.gap_before = gap;
    made.interval_sec = seconds;
    return made;
  };
  REQUIRE(append(kind.store,
                 {{event(noon, Gap::off), event(noon + 1min, std::nullopt, 12.345), event(noon + 1h, Gap::asleep),
                   event(noon + 1h + 30s, Gap::clock), event(noon + 2h, std::nullopt), event(noon + 20h, Gap::paused)}})
              .has_value());
  const auto gaps = [&](Time from, Time to) { return kind.store.reader->gaps("vm-1", {from, to}).value(); };
  using Gaps = std::vector<UnobservedTime>;
  const UnobservedTime asleep{noon + 1min + 12345ms, noon + 1h, Gap::asleep};
  const UnobservedTime clock{noon + 1h + 30s, noon + 1h + 30s, Gap::clock};  // it was set back
  const UnobservedTime paused{noon + 2h + 1min, noon + 20h, Gap::paused};
  CHECK(gaps(noon - 24h, noon + 24h) == Gaps{asleep, clock, paused});
  CHECK(gaps(noon + 30min, noon + 3h) ==
        Gaps{{noon + 30min, noon + 1h, Gap::asleep}, clock, {noon + 2h + 1min, noon + 3h, Gap::paused}});
  CHECK(gaps(noon + 3h, noon + 4h) == Gaps{{noon + 3h, noon + 4h, Gap::paused}});
  CHECK(gaps(noon - 2h, noon - 1h).empty());
  CHECK(gaps(noon + 21h, noon + 24h).empty());
  CHECK(kind.store.reader->gaps("vm-2", always).value().empty());
}

TEST_CASE_TEMPLATE("a machine's zone is that of its latest event that names one", Kind, STORE_KINDS) {
  Kind kind;
  const auto in_zone = [](Time timestamp, std::string zone) {
    Event event = event_of("vm-1", timestamp);
    event.timezone = std::move(zone);
    return event;
  };
  const auto zone = [&] { return kind.store.reader->machine("vm-1").value()->timezone; };
  REQUIRE(append(kind.store, {{in_zone(noon + 1h, "Asia/Tokyo"), in_zone(noon, "Europe/Berlin")}}).has_value());
  CHECK(zone() == "Asia/Tokyo");
  REQUIRE(append(kind.store, {{in_zone(noon - 1h, "America/Lima"), in_zone(noon + 3h, "")}}).has_value());
  CHECK(zone() == "Asia/Tokyo");
  REQUIRE(append(kind.store, {{in_zone(noon + 2h, "America/Lima")}}).has_value());
  CHECK(zone() == "America/Lima");
}

TEST_CASE_TEMPLATE("a label is set, taken away, and refused for an unknown machine", Kind, STORE_KINDS) {
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

TEST_CASE_TEMPLATE("ids that differ in anything are different machines", Kind, STORE_KINDS) {
  Kind kind;
  for (const char* id : {"a", "A", "a/b", "ä", "a%", "a'"})
    REQUIRE(append(kind.store, {{event_of(id, noon)}}).has_value());
  CHECK(machines(kind.store).size() == 6);
}

TEST_CASE_TEMPLATE("machines are read page by page, in order of the bytes of their ids", Kind, STORE_KINDS) {
  Kind kind;
  REQUIRE(append(kind.store, {{event_of("b", noon), event_of("B", noon), event_of("ä", noon), event_of("a", noon)}})
              .has_value());
  std::vector<std::string> ids;
  for (std::string after;;) {
    const auto page = kind.store.reader->machines(after, 3).value();
    if (page.empty()) break;
    CHECK(page.size() <= 3);
    for (const Machine& machine : page) ids.push_back(machine.machine_id);
    after = ids.back();
  }
  CHECK(ids == std::vector<std::string>{"B", "a", "b", "ä"});
}

TEST_CASE_TEMPLATE("what an agent says of itself is kept until it says otherwise", Kind, STORE_KINDS) {
  Kind kind;
  const auto agent = [&] { return kind.store.reader->machine("vm-1").value()->agent; };
  const AgentState first{"1.0", 60, 300, AgentState::Capture::working},
      second{"1.1", 30, 60, AgentState::Capture::failing};
  for (const auto& said : {std::optional<AgentState>(), std::optional(first), std::optional(second)}) {
    const Event event = event_of("vm-1", noon);
    const Batch batch{{&event, 1}, said};
    REQUIRE(kind.store.writer->append({&batch, 1}, noon).has_value());
    CHECK(agent() == said);
  }
  REQUIRE(append(kind.store, {{event_of("vm-1", noon + 1h)}}).has_value());
  CHECK(agent() == second);
}

TEST_CASE_TEMPLATE("hours are what the events add up to, in whatever order and however often they come", Kind,
                   STORE_KINDS) {
  Kind kind;
  std::mt19937 random(7);
  std::vector<Event> events;
  for (int i = 0; i < 600; ++i) {
    Event event = full_event();
    event.timestamp = noon + std::chrono::minutes(i);
    event.utc_offset_min = i < 300 ? 60 : -210;
    event.key_count = i, event.cpu_percent = i % 100 / 3.0, event.active_sec = i % 60 / 7.0;
    event.active_app = "app" + std::to_string(i % 5), event.is_idle = i % 4 == 0;
    event.input_verdict = i % 9 ? Verdict::genuine : Verdict::scripted;
    if (i % 6 == 0) event.ram_used_percent.reset();
    events.push_back(event);
  }
  Hours expected;
  for (const Event& event : events) expected[hour_of(event)].add(event);
  CHECK(hours(kind.store).empty());
  for (int round = 0; round < 3; ++round) {
    std::ranges::shuffle(events, random);
    for (std::size_t at = 0; at < events.size(); at += 50) {
      const std::vector<Event> part(events.begin() + at, events.begin() + at + 50);
      const std::vector<Event> again(part.begin() + 10, part.begin() + 20);
      REQUIRE(append(kind.store, {part, again, {event_of("vm-2", noon)}}).has_value());
    }
    CHECK(same(hours(kind.store), expected));
  }
  CHECK(hours(kind.store, {noon + 2h, noon + 4h}).size() == 2);
}

TEST_CASE_TEMPLATE("an hour's first event is stored with it, late ones join", Kind, STORE_KINDS) {
  Kind kind;
  Event one = event_of("vm-1", noon + 30min), late = event_of("vm-1", noon + 1min);
  one.timezone = "Europe/Berlin", late.timezone = "Asia/Tokyo";
  one.utc_offset_min = late.utc_offset_min = 0;
  REQUIRE(append(kind.store, {{one}}).has_value());
  REQUIRE(append(kind.store, {{late}}).has_value());
  const auto kept = hours(kind.store);
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].first == HourKey{noon, 0});
  CHECK(kept[0].second.first_event == late.timestamp);
  CHECK(kept[0].second.last_event == one.timestamp);
  CHECK(kept[0].second.timezone == "Europe/Berlin");
  CHECK(kept[0].second.totals.events == 2);
}

TEST_CASE_TEMPLATE("nothing is stored by what the accounts were before they changed", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  const auto version = [&] { return read_accounts_version(database).value(); };
  const Event event = event_of("vm-1", noon);
  const Batch batch{{&event, 1}, std::nullopt};
  const auto stored = [&](std::int64_t at_version) {
    return !kind.store.writer->append({&batch, 1}, noon, at_version).value().stale;
  };
  const auto before = version();
  CHECK(stored(before));
  REQUIRE(database.transact([&] { return count_accounts_change(database); }).has_value());
  CHECK(version() == before + 1);
  CHECK_FALSE(stored(before));
  CHECK(stored(before + 1));
}

TEST_CASE_TEMPLATE("the database keeps all of a transaction or nothing", Kind, STORE_KINDS) {
  Kind kind;
  Database& database = *kind.store.database;
  const auto put = [&](std::string name) {
    return database.run("INSERT INTO server_state(name, value) VALUES($1, $2)", {std::move(name), std::int64_t{7}});
  };
  const auto rows = [&] {
    std::vector<std::string> names;
    REQUIRE(database
                .run("SELECT name, value FROM server_state WHERE name >= $1 ORDER BY name", {std::string("t")},
                     [&](const SqlRow& row) {
                       names.emplace_back(row.text(0));
                       CHECK(row.integer(1) == 7);
                     })
                .has_value());
    return names;
  };
  CHECK(database.transact([&]() -> Result<void> { return put("t1").value(), put("t2").value(), Result<void>(); })
            .has_value());
  CHECK(database.transact([&]() -> Result<void> {
                  return put("t3").value(), Error{ErrorCode::busy, "no"};
                })
            .error() == Error{ErrorCode::busy, "no"});
  CHECK_THROWS((void)database.transact([&]() -> Result<void> { put("t4").value(), throw std::logic_error("no"); }));
  CHECK(put("t1").error().code == ErrorCode::io);
  CHECK(put("t5").value() == 1);
  CHECK(rows() == std::vector<std::string>{"t1", "t2", "t5"});
  CHECK(database.run("DELETE FROM server_state WHERE name >= $1", {std::string("t")}).value() == 3);
}

TEST_CASE_TEMPLATE("what was refused of a machine is in its row, and makes one", Kind, STORE_KINDS) {
  Kind kind;
  const Rejections none_good{.machine_id = "vm-1", .count = 2, .field = "timestamp", .error = "must be a time"};
  const Batch refused{.events = {}, .agent = {}, .rejected = std::span(&none_good, 1)};
  REQUIRE(kind.store.writer->append(std::span(&refused, 1), noon).has_value());
  auto machine = kind.store.reader->machine("vm-1").value().value();
  CHECK(machine.first_seen == noon);
  CHECK(machine.rejected_events == 2);
  CHECK(machine.latest_rejection == Machine::Rejection{noon, "timestamp", "must be a time"});

  const Event good = event_of("vm-1", noon);
  const Rejections shape{.machine_id = "vm-1", .count = 1, .field = "", .error = "must be an object"};
  const Batch both{.events = std::span(&good, 1), .agent = {}, .rejected = std::span(&shape, 1)};
  REQUIRE(kind.store.writer->append(std::span(&both, 1), noon + std::chrono::minutes(1)).has_value());
  machine = kind.store.reader->machine("vm-1").value().value();
  CHECK(machine.rejected_events == 3);
  CHECK(machine.latest_rejection == Machine::Rejection{noon + std::chrono::minutes(1), "", "must be an object"});
  CHECK(machine.latest_event == noon);

  REQUIRE(kind.store.writer->append(std::span(&refused, 1), noon + std::chrono::hours(1)).has_value());
  machine = kind.store.reader->machine("vm-1").value().value();
  CHECK(machine.last_seen == noon + std::chrono::minutes(1));  // it sent nothing that could be stored since
  CHECK(machine.latest_event == noon);
}

TEST_CASE_TEMPLATE("what a machine sends in a day is counted in its row, on whatever server", Kind, STORE_KINDS) {
  Kind kind;
  const std::vector<Event> events{event_of("vm-1", noon), event_of("vm-1", noon + std::chrono::hours(30))};
  const Batch batch{events, std::nullopt};
  const auto sent = [&](Time now) {
    const auto appended = kind.store.writer->append(std::span(&batch, 1), now).value();
    CHECK(appended.machines.back().machine == machine_key("vm-1"));
    CHECK(appended.machines.back().events == kind.store.reader->machine("vm-1").value()->day_events);
    return appended.machines.back().events;
  };
  CHECK(sent(noon) == 2);
  CHECK(sent(noon + std::chrono::hours(1)) == 4);
  CHECK(sent(noon + std::chrono::hours(12)) == 2);  // another day
}

TEST_CASE_TEMPLATE("the seconds of hours of many machines are those of each", Kind, STORE_KINDS) {
  Kind kind;
  std::vector<std::string> ids;
  std::vector<Event> events;
  for (int machine = 0; machine < 450; ++machine) {
    ids.push_back("vm-" + std::to_string(machine));
    for (const auto hour : {0h, 1h, 30h}) {
      Event event = event_of(ids.back(), noon + hour);
      event.active_sec = machine % 60, event.active_app = std::string(300, 'a');
      event.input_verdict = machine % 7 == 0 ? Verdict::scripted : Verdict::none;
      events.push_back(std::move(event));
    }
  }
  REQUIRE(append(kind.store, {std::move(events)}).has_value());
  ids.emplace_back("nobody");
  std::map<std::size_t, std::vector<HourKey>> found;
  const TimeRange range{noon, noon + 2h};
  const auto read =
      kind.store.reader->hour_times(ids, range, [&](std::size_t machine, const HourKey& key, const HourTimes& times) {
        found[machine].push_back(key);
        CHECK(times.observed == 60);
        CHECK(times.active == machine % 60);
        CHECK(times.scripted == (machine % 7 == 0 ? 60 : 0));
      });
  REQUIRE(read.has_value());
  CHECK(found.size() == 450);
  for (auto& [machine, keys] : found) {
    std::ranges::sort(keys);
    CHECK(keys == std::vector<HourKey>{{noon, 0}, {noon + 1h, 0}});
  }
  CHECK(kind.store.reader->hour_times({}, range, [](std::size_t, const HourKey&, const HourTimes&) {}).has_value());
}
