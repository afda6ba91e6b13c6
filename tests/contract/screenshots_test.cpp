// Screenshots in every database, and in every store of pictures that needs nothing installed.
#include "server/accounts/credentials.hpp"
#include "server/events/event_row.hpp"
#include "server/events/store.hpp"
#include "server/maintenance/check.hpp"
#include "server/maintenance/retention.hpp"
#include "server/screenshots/screenshot_rows.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "memory_pictures.hpp"
#include "print_error.hpp"
#include "store_kinds.hpp"
#include "temp_folder.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <set>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

std::string hash_of(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes);
  return hash.hex();
}

Screenshot shot_of(std::string_view bytes, Time taken_at = at("2024-01-15T10:00:00Z"), std::string machine = "vm-1") {
  Screenshot shot;
  shot.machine_id = std::move(machine);
  shot.id = screenshot_id(taken_at, 0);
  shot.taken_at = taken_at;
  shot.timezone = "Asia/Kolkata";
  shot.utc_offset_min = 330;
  shot.monitor = "HDMI-1";
  shot.width = 480, shot.height = 270;
  shot.size = static_cast<std::int64_t>(bytes.size());
  shot.sha256 = hash_of(bytes);
  return shot;
}

/// In memory, with addresses that machines may put pictures to; and it fails to sync as long as it is told to.
class OddStore : public PictureStore {
 public:
  Result<void> put(const Screenshot& shot, const std::string& file) override { return kept_->put(shot, file); }
  Result<PictureBytes> open(const std::string& path) override { return kept_->open(path); }
  Result<std::optional<std::int64_t>> size(const std::string& path) override { return kept_->size(path); }
  Result<void> remove(const std::string& path) override { return kept_->remove(path); }
  Result<void> list(const std::string& below, const EachPicture& each) override { return kept_->list(below, each); }
  std::chrono::seconds presigned_come_for() const override { return come_for; }
  Result<void> sync(const std::string&) override {
    return sync_fails ? Result<void>(Error{ErrorCode::io, "bad disk"}) : Result<void>();
  }

  std::chrono::seconds come_for{};
  bool sync_fails = false;

 private:
  std::unique_ptr<PictureStore> kept_ = make_memory_picture_store();
};

/// Screenshots of a database, with pictures in memory.
template <class Kind>
struct Rig {
  Kind kind;
  TempFolder folder;
  FakeClock clock{"2024-01-15T12:00:00Z"};
  std::unique_ptr<OddStore> pictures = std::make_unique<OddStore>();
  std::unique_ptr<Uploads> uploads = Uploads::make(folder.path / "uploads").value();
  Database& database = *kind.store.database;
  Screenshots all{database, *pictures, *uploads, clock};

  Announced announce(const Screenshot& shot, const Announcer& who = {}) { return all.announce(shot, who).value().what; }

  Screenshots::Kept send(const Screenshot& shot, std::string_view bytes, const Announcer& who = {}) {
    const auto upload = uploads->begin(Uploads::name_of(shot.machine_id, shot.id)).value();
    const auto claim = upload->claim();
    REQUIRE(claim);
    REQUIRE(upload->write(bytes).has_value());
    return all.keep(shot, who, *upload).value();
  }

  void store(const Screenshot& shot, std::string_view bytes) {
    REQUIRE(announce(shot) == Announced::wanted);
    REQUIRE(send(shot, bytes) == Screenshots::Kept::stored);
  }

  std::optional<ScreenshotState> state(const Screenshot& shot) {
    const auto row = find_screenshot(database, shot.machine_id, shot.id).value();
    return row ? std::optional(row->state) : std::nullopt;
  }

  std::set<std::string> kept() {
    std::set<std::string> paths;
    REQUIRE(pictures
                ->list("",
                       [&](const std::string& path, std::int64_t) -> Result<void> {
                         paths.insert(path);
                         return {};
                       })
                .has_value());
    return paths;
  }

  void begin_to_remove(const Screenshot& shot) { REQUIRE(begin_removal(database, shot.machine_id, shot.id).value()); }

  void put_file(const Screenshot& shot, std::string_view bytes) {
    REQUIRE(pictures->put(shot, folder.write("file", bytes)).has_value());
  }

  std::int64_t credential(const std::string& machine = "vm-1") {
    return add_credential(database, machine, clock.now()).value().id;
  }
};

}  // namespace

TEST_CASE_TEMPLATE("what is announced and sent is stored once, as it was announced", Kind, TABLE_KINDS) {
  Rig<Kind> rig;
  const Screenshot shot = shot_of("picture");
  CHECK(rig.announce(shot) == Announced::wanted);
  CHECK(rig.announce(shot) == Announced::wanted);
  CHECK(rig.send(shot, "picture") == Screenshots::Kept::stored);
  CHECK(rig.announce(shot) == Announced::stored);
  const auto row = find_screenshot(rig.database, "vm-1", shot.id).value();
  REQUIRE(row);
  CHECK(row->shot == shot);
  CHECK(row->received_at == rig.clock.now());
  Screenshot other = shot_of("another");
  CHECK(rig.announce(other) == Announced::conflict);
  CHECK_FALSE(find_screenshot(rig.database, "vm-2", shot.id).value());
  Screenshot same = shot;
  same.id = "same", same.format = Screenshot::Format::none, same.same_as = shot.id, same.size = 0, same.sha256 = "";
  CHECK(rig.announce(same) == Announced::stored);
  CHECK(rig.announce(same) == Announced::stored);
  CHECK(find_screenshot(rig.database, "vm-1", "same").value()->shot == same);
}

TEST_CASE_TEMPLATE("a crash between the file and its row is made whole by the next try", Kind, TABLE_KINDS) {
  Rig<Kind> rig;
  const Screenshot shot = shot_of("picture");
  CHECK(rig.announce(shot) == Announced::wanted);
  rig.put_file(shot, "pictur!");  // of the right size, and not the picture
  CHECK(rig.announce(shot) == Announced::wanted);
  rig.put_file(shot, "picture");
  CHECK(rig.announce(shot) == Announced::stored);
  CHECK(rig.state(shot) == ScreenshotState::stored);
}

TEST_CASE_TEMPLATE("who was shut out stores no screenshot, also one under way", Kind, TABLE_KINDS) {
  Rig<Kind> rig;
  const Screenshot shot = shot_of("picture"), later = shot_of("later", at("2024-01-15T11:00:00Z"));
  const auto id = rig.credential();
  CHECK(rig.announce(shot, id) == Announced::wanted);
  REQUIRE(rig.database
              .transact([&]() -> Result<void> {
                const auto revoked = revoke_credentials(rig.database, "vm-1", rig.clock.now());
                if (!revoked) return revoked.error();
                return {};
              })
              .has_value());
  CHECK(rig.send(shot, "picture", id) == Screenshots::Kept::unwanted);
  CHECK(rig.state(shot) == ScreenshotState::wanted);
  CHECK(rig.announce(later, id) == Announced::shut_out);
  // Of a machine that is erased nothing stays, and nothing comes.
  REQUIRE(rig.database.transact([&] { return begin_erasure(rig.database, "vm-1", rig.clock.now()); }).has_value());
  CHECK(rig.announce(later) == Announced::shut_out);
  CHECK(rig.send(shot, "picture") == Screenshots::Kept::unwanted);
  REQUIRE(finish_erasure(rig.database, rig.all, "vm-1", go_on).has_value());
  CHECK(rig.kept().empty());
  CHECK_FALSE(rig.state(shot));
  CHECK(rig.send(shot, "picture") == Screenshots::Kept::unwanted);
  CHECK(rig.kept().empty());
}

TEST_CASE_TEMPLATE("a machine has its limits, and what it never sent gives way", Kind, TABLE_KINDS) {
  Rig<Kind> rig;
  rig.all.limits.max_bytes_a_machine = 10'000;
  rig.all.limits.max_wanted = 2;
  const auto of_minute = [](int minute) { return shot_of("picture", at("2024-01-15T10:00:00Z") + minute * 1min); };
  rig.store(of_minute(0), "picture");
  CHECK(rig.announce(of_minute(1)) == Announced::wanted);
  CHECK(rig.announce(of_minute(2)) == Announced::over_limit);  // each takes 4 KiB beside its bytes
  CHECK(rig.announce(shot_of("picture", at("2024-01-15T10:00:00Z"), "vm-2")) == Announced::wanted);
  rig.all.limits.max_bytes_a_machine = 0;
  CHECK(rig.announce(of_minute(2)) == Announced::wanted);
  CHECK(rig.announce(of_minute(3)) == Announced::too_many);
  CHECK(rig.announce(of_minute(1)) == Announced::wanted);  // known already
  rig.clock.pass(30min);
  CHECK(rig.announce(of_minute(2)) == Announced::wanted);  // still at it
  rig.clock.pass(31min);
  CHECK(rig.announce(of_minute(3)) == Announced::wanted);
  CHECK(rig.state(of_minute(1)) == ScreenshotState::going);
  CHECK(rig.announce(of_minute(1)) == Announced::going);
  CHECK(rig.announce(of_minute(4)) == Announced::too_many);
  REQUIRE(sweep_pictures(rig.all, go_on).has_value());
  CHECK_FALSE(rig.state(of_minute(1)));
  CHECK(rig.state(of_minute(0)) == ScreenshotState::stored);
  rig.clock.pass(8 * 24h);
  REQUIRE(sweep_pictures(rig.all, go_on).has_value());
  CHECK_FALSE(rig.state(of_minute(2)));
  CHECK(rig.state(of_minute(0)) == ScreenshotState::stored);
}

TEST_CASE_TEMPLATE("what a machine's screenshots take is added up as they come and go", Kind, TABLE_KINDS) {
  Rig<Kind> rig;
  const auto total = [&] { return screenshot_total(rig.database, machine_key("vm-1")).value(); };
  const Screenshot first = shot_of("picture"), second = shot_of("second", at("2024-01-15T11:00:00Z"));
  Screenshot same = shot_of("", at("2024-01-15T12:00:00Z"));
  same.format = Screenshot::Format::none, same.same_as = first.id, same.sha256 = "";
  rig.store(first, "picture");
  CHECK(rig.announce(second) == Announced::wanted);
  CHECK(rig.announce(second) == Announced::wanted);
  CHECK(rig.announce(same) == Announced::stored);
  CHECK(total() == 7 + 6 + 3 * 4096);
  REQUIRE(begin_removal(rig.database, "vm-1", first.id).value());
  REQUIRE(rig.all.remove(first).has_value());
  REQUIRE(rig.all.remove(first).has_value());
  CHECK(total() == 6 + 2 * 4096);
  REQUIRE(rig.database.transact([&] { return begin_erasure(rig.database, "vm-1", rig.clock.now()); }).has_value());
  REQUIRE(erase_pictures(rig.all, "vm-1", go_on).value());
  bool is_left = false;
  REQUIRE(rig.database.run("SELECT 1 FROM screenshot_totals", {}, [&](const SqlRow&) { is_left = true; }).has_value());
  CHECK_FALSE(is_left);
}

TEST_CASE_TEMPLATE("what would leave others too little room is not wanted now", Kind, TABLE_KINDS) {
  Rig<Kind> rig;
  const Screenshot known = shot_of("known"), shot = shot_of("picture", at("2024-01-15T11:00:00Z"));
  rig.store(known, "known");
  rig.all.limits.reserve_bytes = std::int64_t{1} << 60;
  CHECK(rig.all.announce(shot, {}).error().code == ErrorCode::no_space);
  CHECK(rig.announce(known) == Announced::stored);
  rig.all.limits.reserve_bytes = 1;
  CHECK(rig.announce(shot) == Announced::wanted);
}

TEST_CASE_TEMPLATE("lists are in order of time, page by page, by either clock", Kind, TABLE_KINDS) {
  Rig<Kind> rig;
  const Time first = at("2024-01-14T18:29:00Z");  // the day in Kolkata begins a minute later
  for (int i = 0; i < 5; ++i) rig.store(shot_of("picture", first + i * 1min), "picture");
  Screenshot second_monitor = shot_of("picture", first + 1min);
  second_monitor.id = screenshot_id(second_monitor.taken_at, 1);
  rig.store(second_monitor, "picture");
  CHECK(rig.announce(shot_of("wanted", first + 10min)) == Announced::wanted);
  ScreenshotQuery query{.limit = 2};
  std::vector<std::string> ids;
  while (true) {
    const auto rows = list_screenshots(rig.database, "vm-1", query).value();
    for (const auto& row : rows) ids.push_back(row.shot.id);
    if (rows.size() < 2) break;
    query.after.emplace(rows.back().shot.taken_at, rows.back().shot.id);
  }
  CHECK(ids.size() == 6);
  CHECK(std::ranges::is_sorted(ids));
  query = {.local = {at("2024-01-15T00:00:00Z"), at("2024-01-16T00:00:00Z")}};
  CHECK(list_screenshots(rig.database, "vm-1", query).value().size() == 5);
  query = {.taken = {first, first + 1min}};
  CHECK(list_screenshots(rig.database, "vm-1", query).value().size() == 1);
  CHECK(list_screenshots(rig.database, "vm-2", {}).value().empty());
}

TEST_CASE_TEMPLATE("what is too old goes, by the older of two clocks", Kind, TABLE_KINDS) {
  Rig<Kind> rig;
  const Screenshot old = shot_of("old", at("2023-12-01T10:00:00Z")), fresh = shot_of("fresh"),
                   ahead = shot_of("ahead", at("2190-01-01T00:00:00Z"));
  for (const auto& [shot, bytes] : {std::pair(old, "old"), {fresh, "fresh"}, {ahead, "ahead"}}) rig.store(shot, bytes);
  CHECK(remove_old_pictures(rig.all, retention_cutoff(rig.clock.now(), 0), go_on).value() == 0);
  CHECK(remove_old_pictures(rig.all, retention_cutoff(rig.clock.now(), 7), go_on).value() == 1);
  CHECK(rig.kept() == std::set{screenshot_path(fresh), screenshot_path(ahead)});
  rig.clock.pass(10 * 24h);
  CHECK(remove_old_pictures(rig.all, retention_cutoff(rig.clock.now(), 7), go_on).value() == 2);
  CHECK(rig.kept().empty());
}

TEST_CASE_TEMPLATE("an erasure takes everything of its machine alone, as often as it is cut short", Kind, TABLE_KINDS) {
  Rig<Kind> rig;
  for (int i = 0; i < 250; ++i) rig.store(shot_of("p", at("2024-01-15T10:00:00Z") + i * 1s), "p");
  const Screenshot other = shot_of("other", at("2024-01-15T10:00:00Z"), "vm-10");
  rig.store(other, "other");
  rig.put_file(shot_of("stray", at("2024-02-02T00:00:00Z")), "stray");  // that no row knows of
  REQUIRE(rig.database.transact([&] { return begin_erasure(rig.database, "vm-1", rig.clock.now()); }).has_value());
  int steps = 0;
  CHECK_FALSE(erase_pictures(rig.all, "vm-1", [&](bool) { return ++steps < 100; }).value());
  CHECK(rig.kept().size() == 152);
  CHECK(erase_pictures(rig.all, "vm-1", go_on).value());
  CHECK(rig.kept() == std::set{screenshot_path(other)});
}

TEST_CASE_TEMPLATE("what was begun to be removed is announced anew only when it is gone", Kind, TABLE_KINDS) {
  Rig<Kind> rig;
  const Screenshot first = shot_of("first"), second = shot_of("second", at("2024-01-15T11:00:00Z"));
  rig.announce(first), rig.announce(second);
  rig.clock.pass(8 * 24h);
  // While one that was never sent is removed, the other one comes after all.
  int steps = 0;
  REQUIRE(sweep_pictures(rig.all, [&](bool) {
            const auto& other = rig.state(first) ? first : second;
            if (++steps == 1) CHECK(rig.announce(other) == Announced::going);
            return true;
          }).has_value());
  CHECK(steps == 2);
  rig.store(first, "first");
  rig.store(second, "second");
  // While one is removed, another server removes the other one, and it comes anew.
  rig.begin_to_remove(first), rig.begin_to_remove(second);
  steps = 0;
  REQUIRE(sweep_pictures(rig.all, [&](bool) {
            if (++steps > 1) return true;
            const bool is_first_left = rig.state(first).has_value();
            const Screenshot& other = is_first_left ? first : second;
            REQUIRE(rig.all.remove(other).has_value());
            rig.store(other, is_first_left ? "first" : "second");
            return true;
          }).has_value());
  CHECK(steps == 2);
  CHECK(rig.kept().size() == 1);
  CHECK((rig.state(first) == ScreenshotState::stored) != (rig.state(second) == ScreenshotState::stored));
}

TEST_CASE_TEMPLATE("an erasure that another has ended takes nothing that came anew", Kind, TABLE_KINDS) {
  Rig<Kind> rig;
  const auto of_second = [](int second) { return shot_of("p", at("2024-01-15T10:00:00Z") + second * 1s); };
  for (int i = 0; i < 3; ++i) rig.store(of_second(i), "p");
  REQUIRE(rig.database.transact([&] { return begin_erasure(rig.database, "vm-1", rig.clock.now()); }).has_value());
  int steps = 0;
  const auto finished = finish_erasure(rig.database, rig.all, "vm-1", [&](bool) {
    if (++steps > 1) return true;
    REQUIRE(finish_erasure(rig.database, rig.all, "vm-1", go_on).value());
    for (int i = 0; i < 3; ++i) rig.store(of_second(i), "p");
    return true;
  });
  REQUIRE(finished.has_value());
  CHECK(rig.kept().size() == 3);
  for (int i = 0; i < 3; ++i) CHECK(rig.state(of_second(i)) == ScreenshotState::stored);
}

TEST_CASE_TEMPLATE("what a machine may still put into place is removed again", Kind, TABLE_KINDS) {
  Rig<Kind> rig;
  rig.pictures->come_for = 1h;
  const Screenshot shot = shot_of("picture"), wanted = shot_of("wanted", at("2024-01-15T11:00:00Z"));
  rig.store(shot, "picture");
  rig.begin_to_remove(shot);
  REQUIRE(rig.all.remove(shot).has_value());
  CHECK(rig.kept().empty());
  rig.put_file(shot, "picture");
  rig.clock.pass(30min);
  rig.announce(wanted);
  REQUIRE(rig.database.transact([&] { return begin_erasure(rig.database, "vm-1", rig.clock.now()); }).has_value());
  CHECK_FALSE(finish_erasure(rig.database, rig.all, "vm-1", go_on).value());
  rig.put_file(wanted, "wanted");
  rig.clock.pass(31min);
  CHECK_FALSE(finish_erasure(rig.database, rig.all, "vm-1", go_on).value());
  CHECK(rig.kept() == std::set{screenshot_path(wanted)});
  CHECK(is_being_erased(rig.database, "vm-1").value());
  rig.clock.pass(30min);
  CHECK(finish_erasure(rig.database, rig.all, "vm-1", go_on).value());
  CHECK(rig.kept().empty());
  CHECK_FALSE(is_being_erased(rig.database, "vm-1").value());
}

TEST_CASE_TEMPLATE("what comes while it is removed leaves nothing behind", Kind, TABLE_KINDS) {
  Rig<Kind> rig;
  const Screenshot shot = shot_of("picture");
  rig.store(shot, "picture");
  rig.begin_to_remove(shot);
  const Time claimed = rig.clock.now() + 5min;
  REQUIRE(claim_removal(rig.database, shot, rig.clock.now(), claimed).value());
  REQUIRE(rig.pictures->remove(screenshot_path(shot)).has_value());
  CHECK(rig.send(shot, "picture") == Screenshots::Kept::unwanted);
  REQUIRE(end_removal(rig.database, shot, claimed, std::nullopt).has_value());
  CHECK(rig.state(shot) == ScreenshotState::going);
  rig.clock.pass(20min);
  REQUIRE(sweep_pictures(rig.all, go_on).has_value());
  CHECK(rig.kept().empty());
  CHECK_FALSE(rig.state(shot));
}

TEST_CASE_TEMPLATE("what is found in place is synced before it counts as stored", Kind, TABLE_KINDS) {
  Rig<Kind> rig;
  const Screenshot shot = shot_of("picture");
  rig.announce(shot);
  rig.put_file(shot, "picture");
  rig.pictures->sync_fails = true;
  CHECK(rig.all.announce(shot, {}).has_error());
  CHECK(rig.state(shot) == ScreenshotState::wanted);
  rig.pictures->sync_fails = false;
  CHECK(rig.announce(shot) == Announced::stored);
}

TEST_CASE_TEMPLATE("a check names what is missing, damaged and unknown", Kind, TABLE_KINDS) {
  Rig<Kind> rig;
  const Screenshot good = shot_of("good"), missing = shot_of("missing", at("2024-01-15T11:00:00Z")),
                   cut = shot_of("cut short", at("2024-01-16T10:00:00Z"), "vm-2"),
                   gone = shot_of("gone", at("2024-01-16T10:00:00Z"), "z"), stray = shot_of("stray", {}, "nobody");
  for (const auto& [shot, bytes] : {std::pair(good, "good"), {missing, "missing"}, {cut, "cut short"}, {gone, "gone"}})
    rig.store(shot, bytes);
  CHECK(check_pictures(rig.database, *rig.pictures).value().is_good());
  REQUIRE(rig.pictures->remove(screenshot_path(missing)).has_value());
  REQUIRE(rig.pictures->remove(screenshot_path(gone)).has_value());
  rig.put_file(cut, "cut");
  rig.put_file(stray, "stray");
  const auto check = check_pictures(rig.database, *rig.pictures).value();
  CHECK(check.pictures == 4);
  CHECK(check.missing == std::vector{screenshot_path(missing), screenshot_path(gone)});
  CHECK(check.damaged == std::vector{screenshot_path(cut)});
  CHECK(check.unknown == std::vector{screenshot_path(stray)});
}

TEST_CASE("a store of pictures keeps, gives, lists and removes") {
  TempFolder folder;
  std::unique_ptr<PictureStore> stores[] = {make_memory_picture_store(),
                                            make_folder_store(folder.path / "a/b").value()};
  for (const auto& store : stores) {
    const Screenshot shot = shot_of("picture"), odd = shot_of("odd", {}, "../e:x/..");
    const std::string path = screenshot_path(shot);
    CHECK(store->open(path).error().code == ErrorCode::not_found);
    CHECK_FALSE(store->size(path).value());
    CHECK(store->remove(path).has_value());
    CHECK(store->list("", [](const std::string&, std::int64_t) { return Result<void>(); }).has_value());
    for (int i = 0; i < 2; ++i) REQUIRE(store->put(shot, folder.write("file", "picture")).has_value());
    REQUIRE(store->put(odd, folder.write("file", "odd")).has_value());
    CHECK(store->size(path).value() == 7);
    CHECK(store->sync(path).has_value());
    const auto bytes = store->open(path).value();
    CHECK(bytes.size == 7);
    CHECK(bytes.read(2, 3).value() == "ctu");
    CHECK(bytes.read(5, 100).value() == "re");
    std::vector<std::pair<std::string, std::int64_t>> found;
    const auto collect = [&](const std::string& name, std::int64_t size) -> Result<void> {
      found.emplace_back(name, size);
      return {};
    };
    REQUIRE(store->list("vm-1/", collect).has_value());
    CHECK(found == std::vector{std::pair(path, std::int64_t{7})});
    found.clear();
    REQUIRE(store->list("", collect).has_value());
    CHECK(found.size() == 2);
    CHECK(store->remove(screenshot_path(odd)).has_value());
    CHECK(store->remove(path).has_value());
    CHECK_FALSE(store->size(path).value());
  }
  CHECK(std::filesystem::is_empty(folder.path / "a/b"));
}

TEST_CASE("a folder is listed while machines of it go") {
  TempFolder folder;
  const auto store = make_folder_store(folder.path / "a").value();
  const auto put = [&](const std::string& machine, Time taken_at) {
    REQUIRE(store->put(shot_of("p", taken_at, machine), folder.write("file", "p")).has_value());
  };
  constexpr int days = 50;
  for (int day = 0; day < days; ++day) put("vm-1", at("2024-01-15T10:00:00Z") + day * 24h);
  int found = 0;
  const auto listed = store->list("", [&](const std::string&, std::int64_t) -> Result<void> {
    std::filesystem::remove_all(folder.path / "a/vm-1");
    ++found;
    return {};
  });
  CHECK(listed.has_value());
  CHECK(found < days);
}

TEST_CASE("copies that were cut short are no pictures, and go with a later one") {
  TempFolder folder;
  const fs::path elsewhere = "/dev/shm/pictures-" + std::to_string(::getpid());
  if (::access("/dev/shm", W_OK) != 0) {
    MESSAGE("skipped: /dev/shm, a second file system, cannot be written");
    return;
  }
  fs::create_directories(elsewhere);
  const auto store = make_folder_store(folder.path / "a").value();
  fs::create_directory(folder.path / "a/.parts");
  const auto old = folder.write("a/.parts/old", "cut"), fresh = folder.write("a/.parts/fresh", "cut");
  fs::last_write_time(old, fs::file_time_type::clock::now() - 2h);
  std::ofstream(elsewhere / "file") << "picture";
  CHECK(store->put(shot_of("picture"), elsewhere / "file").has_value());
  CHECK(store->size(screenshot_path(shot_of("picture"))).value() == 7);
  CHECK_FALSE(fs::exists(old));
  CHECK(fs::exists(fresh));
  int found = 0;
  CHECK(store
            ->list("",
                   [&](const std::string&, std::int64_t) -> Result<void> {
                     ++found;
                     return {};
                   })
            .has_value());
  CHECK(found == 1);
  fs::remove_all(elsewhere);
}

TEST_CASE("an upload is resumed with its hash, and taken over") {
  TempFolder folder;
  const auto uploads = Uploads::make(folder.path / "uploads").value();
  const std::string name = Uploads::name_of("vm-1", "id-1");
  CHECK(Uploads::parse_name(name)->second == "id-1");
  const auto first = uploads->begin(name).value();
  REQUIRE(first->claim());
  REQUIRE(first->write("one").has_value());
  {
    const auto claim = first->claim();
    CHECK(uploads->begin(name).error().code == ErrorCode::busy);
  }
  const auto second = uploads->begin(name).value();
  CHECK_FALSE(first->claim());
  CHECK(second->size() == 3);
  REQUIRE(second->write(" two").has_value());
  CHECK(second->sha256() == hash_of("one two"));
  CHECK(uploads->size(name) == 7);
  std::vector<std::shared_ptr<Upload>> others;
  for (int i = 0; i < 3; ++i) others.push_back(uploads->begin(Uploads::name_of("vm-1", std::to_string(i))).value());
  CHECK(uploads->begin(Uploads::name_of("vm-1", "more")).error().code == ErrorCode::busy);
  CHECK(uploads->begin(Uploads::name_of("vm-2", "more")).has_value());
  second->end();
  CHECK(uploads->size(name) == 0);
}
