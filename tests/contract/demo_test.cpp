// What a demo makes up, and that all of it goes again: the same in every database that keeps tables.
#include "server/demo/demo.hpp"
#include "server/accounts/users.hpp"
#include "server/configuration/machine_states.hpp"
#include "server/configuration/versions.hpp"
#include "server/events/made_up.hpp"
#include "server/maintenance/check.hpp"
#include "server/screenshots/screenshots.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "memory_pictures.hpp"
#include "print_error.hpp"
#include "store_kinds.hpp"
#include "temp_folder.hpp"

#include <map>
#include <set>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

const Time demo_now = at("2026-11-12T15:04:00Z");  // a Thursday

DemoWish wish_of(std::size_t machines, int days) {
  DemoWish wish{.machines = machines, .picture_days = 0, .password = "correct horse"};
  wish.times.now = demo_now;
  wish.times.days = days;
  wish.times.interval = 300s;
  return wish;
}

template <class Kind>
struct Demo {
  Kind kind;
  TempFolder folder;
  FakeClock clock{"2026-11-12T15:04:00Z"};
  std::unique_ptr<PictureStore> pictures = make_memory_picture_store();
  std::unique_ptr<Uploads> uploads = Uploads::make(folder.path / "uploads").value();
  PrivateKey key = make_private_key();

  Store& store() { return kind.store; }
  Database& database() { return *kind.store.database; }
  Result<DemoMade> make(const DemoWish& wish) {
    return make_demo(store(), {database(), *pictures, *uploads, public_key_of(key)}, wish, [](std::size_t) {});
  }
  void remove() {
    Screenshots screenshots{database(), *pictures, *uploads, clock};
    REQUIRE(remove_demo(store(), screenshots, demo_now, go_on).has_value());
  }
  std::vector<Event> events(const std::string& machine) {
    return store().reader->events(machine, always, 100'000).value();
  }
  Machine machine(const std::string& id) { return store().reader->machine(id).value().value(); }
};

}  // namespace

TEST_CASE_TEMPLATE("a demo has machines of every kind, marked as made up", Kind, TABLE_KINDS) {
  Demo<Kind> demo;
  const auto made = demo.make(wish_of(13, 4));
  REQUIRE(made.has_value());
  std::map<std::string, std::string> states;
  for (const Machine& machine : demo.store().reader->machines("", 100).value()) {
    CHECK(machine.machine_id.starts_with("demo-"));
    CHECK(machine.is_made_up);
    CHECK(machine.user_label->ends_with(" (demo)"));
    states[machine.machine_id] = to_string(liveness(machine, demo_now));
    CHECK(compare_hours(demo.database(), machine.machine_id).value().different == 0);
  }
  CHECK(states.size() == 13);
  CHECK(states["demo-tane-laptop"] == "offline");
  CHECK(states["demo-oskar-laptop"] == "capture_failing");
  CHECK(states["demo-amelie-laptop-2"] != "offline");
  CHECK(demo.machine("demo-rosa-laptop").rejected_events == 3);
  CHECK(count_real_machines(demo.database()).value() == 0);

  const auto said = read_machine_states(demo.database()).value();
  CHECK(said.at("demo-grace-laptop").state == MachineConfigurationState::State::refused);
  CHECK(read_layers(demo.database()).value().groups_of("demo-amelie-laptop") ==
        std::vector<std::string>{"demo-office"});
  CHECK(find_user(demo.database(), "demo").value()->role == Role::admin);
  CHECK(find_user(demo.database(), "demo-amelie").value()->machines == std::vector<std::string>{"demo-amelie-laptop"});
}

TEST_CASE_TEMPLATE("its days have gaps, several zones, a journey and a scripted stretch", Kind, TABLE_KINDS) {
  Demo<Kind> demo;
  REQUIRE(demo.make(wish_of(12, 8)).has_value());
  std::set<std::string> zones;
  for (const Event& event : demo.events("demo-mateo-laptop")) zones.insert(event.timezone);
  CHECK(zones == std::set<std::string>{"Europe/Lisbon", "America/Sao_Paulo"});
  std::set<Gap> gaps;
  bool scripted = false;
  for (const Event& event : demo.events("demo-dylan-laptop")) {
    if (event.gap_before) gaps.insert(*event.gap_before);
    scripted = scripted || (event.input_verdict == Verdict::scripted && !event.scripted_reasons.empty() &&
                            event.scripted_count > 0 && event.is_idle && event.utc_offset_min == -210);
  }
  CHECK(gaps.contains(Gap::off));
  CHECK(gaps.contains(Gap::paused));
  CHECK(scripted);
  CHECK(demo.events("demo-reception-laptop").size() > 7 * 288);  // never off
}

TEST_CASE_TEMPLATE("the same seed makes the same events, another one others", Kind, TABLE_KINDS) {
  Demo<Kind> demo, again, other;
  DemoWish wish = wish_of(2, 3);
  REQUIRE(demo.make(wish).has_value());
  REQUIRE(again.make(wish).has_value());
  wish.times.seed = 2;
  REQUIRE(other.make(wish).has_value());
  CHECK(demo.events("demo-amelie-laptop") == again.events("demo-amelie-laptop"));
  CHECK(demo.events("demo-amelie-laptop") != other.events("demo-amelie-laptop"));
}

TEST_CASE_TEMPLATE("some of its pictures are sealed for the key, and they have holes", Kind, TABLE_KINDS) {
  Demo<Kind> demo;
  DemoWish wish = wish_of(2, 1);
  wish.picture_days = 1;
  const auto made = demo.make(wish);
  REQUIRE(made.has_value());
  CHECK(made->pictures > 20);
  std::map<Screenshot::Format, int> formats;
  for (const auto id : {"demo-amelie-laptop", "demo-jonas-laptop"}) {
    for (const ScreenshotRow& row : list_screenshots(demo.database(), id, {}).value()) ++formats[row.shot.format];
  }
  CHECK(formats[Screenshot::Format::jpeg] > 10);
  CHECK(formats[Screenshot::Format::sealed] > 10);
  CHECK(formats[Screenshot::Format::none] > 0);
  for (const ScreenshotRow& row : list_screenshots(demo.database(), "demo-jonas-laptop", {}).value()) {
    if (row.shot.format != Screenshot::Format::sealed) continue;
    const auto bytes = demo.pictures->open(screenshot_path(row.shot)).value();
    const auto opened = open_sealed(bytes.read(0, static_cast<std::size_t>(bytes.size)).value(), demo.key);
    REQUIRE(opened.has_value());
    CHECK(opened->starts_with("\xFF\xD8"));  // a JPEG
    break;
  }
}

TEST_CASE_TEMPLATE("all that was made up is taken away, and nothing else", Kind, TABLE_KINDS) {
  Demo<Kind> demo;
  const std::vector events{event_of("vm-1", demo_now)};
  const Batch batch{events, std::nullopt};
  REQUIRE(demo.store().writer->append(std::span(&batch, 1), demo_now).has_value());
  REQUIRE(demo.database()
              .transact([&]() -> Result<void> {
                User ann;
                ann.name = "ann", ann.role = Role::admin;
                const auto added = add_user(demo.database(), ann, "hash", demo_now);
                return added ? Result<void>() : added.error();
              })
              .has_value());
  DemoWish wish = wish_of(2, 1);
  wish.picture_days = 1;
  REQUIRE(demo.make(wish).has_value());
  CHECK(count_real_machines(demo.database()).value() == 1);
  demo.remove();
  CHECK(demo.store().reader->machines("", 100).value().size() == 1);
  CHECK_FALSE(demo.machine("vm-1").is_made_up);
  CHECK(list_users(demo.database()).value().size() == 1);
  CHECK(read_layers(demo.database()).value().groups().empty());
  CHECK(machines_with_screenshots(demo.database()).value().empty());
  for (const auto kind : {"machine", "person", "group"}) CHECK(all_made_up(demo.database(), kind).value().empty());
  REQUIRE(demo.make(wish_of(2, 1)).has_value());  // and may come again
}

TEST_CASE_TEMPLATE("a machine of that name that is not made up is left alone", Kind, TABLE_KINDS) {
  Demo<Kind> demo;
  const std::vector events{event_of("demo-amelie-laptop", demo_now)};
  const Batch batch{events, std::nullopt};
  REQUIRE(demo.store().writer->append(std::span(&batch, 1), demo_now).has_value());
  CHECK(demo.make(wish_of(1, 1)).error().code == ErrorCode::already_exists);
  demo.remove();
  CHECK(demo.events("demo-amelie-laptop").size() == 1);
}

TEST_CASE_TEMPLATE("a demo goes on with what happens after it", Kind, TABLE_KINDS) {
  Demo<Kind> demo;
  const DemoWish wish = wish_of(12, 2);
  REQUIRE(demo.make(wish).has_value());
  const auto before = demo.events("demo-reception-laptop").size();
  DemoFeed feed(wish.times, wish.machines);
  CHECK(feed.add(*demo.store().writer, demo_now + 1h).value() > 12);
  CHECK(demo.events("demo-reception-laptop").size() == before + 12);
  CHECK(demo.machine("demo-reception-laptop").last_seen == demo_now + 1h);
  CHECK(compare_hours(demo.database(), "demo-reception-laptop").value().different == 0);
}
