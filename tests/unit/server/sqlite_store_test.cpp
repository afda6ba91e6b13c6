// What the SQLite store promises beyond tests/contract/store_test.cpp.
#include "core/file.hpp"
#include "server/accounts/credentials.hpp"
#include "server/database/database.hpp"
#include "server/events/event_row.hpp"
#include "server/events/store.hpp"
#include "server/maintenance/check.hpp"
#include "server/screenshots/screenshot_rows.hpp"
#include "server/serve/storage.hpp"

#include <SQLiteCpp/SQLiteCpp.h>
#include <doctest/doctest.h>
#include <sys/stat.h>

#include "fakes.hpp"
#include "print_error.hpp"
#include "temp_folder.hpp"

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

const TimeRange always{Time{}, Time::max()};

Event sample() {
  Event event;
  event.machine_id = "vm-1";
  event.timestamp = at("2024-01-15T10:30:00Z");
  event.key_count = 150;
  event.genuine_score = 0.5;
  return event;
}

void store_sample(Store& store, const Event& event) {
  const Batch batch{{&event, 1}, std::nullopt};
  REQUIRE(store.writer->append({&batch, 1}, at("2024-01-15T12:00:00Z")).has_value());
}

/// Runs no statement, and notes how SQLite would find its rows.
class Planner : public Database {
 public:
  explicit Planner(Database& database) : database_(database) {}
  Result<std::int64_t> run(std::string_view sql, std::span<const SqlValue> parameters, const EachRow&) override {
    return database_.run("EXPLAIN QUERY PLAN " + std::string(sql), parameters,
                         [&](const SqlRow& row) { plan.append(row.text(3)) += '\n'; });
  }
  Result<void> transact(const std::function<Result<void>()>& work) override { return work(); }

  std::string plan;

 private:
  Database& database_;
};

int mode_of(const std::filesystem::path& path) {
  struct stat found {};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return static_cast<int>(found.st_mode & 0777);
}

}  // namespace

TEST_CASE("what is stored is there for the next process, in files of the owner's alone") {
  const TempFolder folder;
  const auto path = folder.path / "server.db";
  {
    Store store = open_server_store("sqlite:" + path.string()).value();
    store_sample(store, sample());
    for (const char* file : {"server.db", "server.db-wal", "server.db-shm"}) CHECK(mode_of(folder.path / file) == 0600);
  }
  const Store again = open_server_store("sqlite:" + path.string()).value();
  CHECK(again.reader->events("vm-1", always, 10).value() == std::vector{sample()});
}

TEST_CASE("every field of Event but the machine's id is a column") {
  CHECK(stored_fields().size() == event_fields().size() - 1);
  CHECK(stored_fields().front()->name == "timestamp");
}

TEST_CASE("a column that an older file lacks is added, and its old rows read as the default") {
  const TempFolder folder;
  const auto path = (folder.path / "server.db").string();
  {
    Store store = open_server_store("sqlite:" + path).value();
    store_sample(store, sample());
  }
  {
    SQLite::Database older(path, SQLite::OPEN_READWRITE);
    older.exec("ALTER TABLE events DROP COLUMN genuine_score");
    older.exec("ALTER TABLE events DROP COLUMN interval_sec");
  }
  Store store = open_server_store("sqlite:" + path).value();
  Event newer = sample();
  newer.timestamp += std::chrono::hours(1);
  newer.interval_sec = 30;
  store_sample(store, newer);
  Event older = sample();
  older.genuine_score.reset();
  CHECK(store.reader->events("vm-1", always, 10).value() == std::vector{older, newer});
}

TEST_CASE("a column that a room names is added to a table that lacks it, once") {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  const std::string_view made[] = {"CREATE TABLE IF NOT EXISTS places(id BIGINT PRIMARY KEY)"};
  const AddedColumn added[] = {{"places", "size", "BIGINT NOT NULL DEFAULT 7"}};
  const RoomSchema before[] = {{made}}, now[] = {{.statements = made, .added_columns = added}};
  prepare_sqlite_schema(database, before);
  database.exec("INSERT INTO places(id) VALUES(1)");
  for (int time = 0; time < 2; ++time) prepare_sqlite_schema(database, now);
  CHECK(database.execAndGet("SELECT size FROM places").getInt() == 7);
}

TEST_CASE("a file of before input was judged by its measures takes them, and keeps what it has") {
  const TempFolder folder;
  const auto path = (folder.path / "server.db").string();
  {
    Store store = open_server_store("sqlite:" + path).value();
    store_sample(store, sample());
  }
  {
    SQLite::Database older(path, SQLite::OPEN_READWRITE);
    older.exec("ALTER TABLE events DROP COLUMN input_measures; PRAGMA user_version = 3");
  }
  Store store = open_server_store("sqlite:" + path).value();
  Event newer = sample();
  newer.timestamp += std::chrono::hours(1);
  newer.input_measures.add("keys", 0.1F);
  store_sample(store, newer);
  CHECK(store.reader->events("vm-1", always, 10).value() == std::vector{sample(), newer});
  SQLite::Database now(path, SQLite::OPEN_READONLY);
  CHECK(now.execAndGet("PRAGMA user_version").getInt() == schema_version);
  CHECK(now.execAndGet("SELECT count(input_measures) FROM events").getInt() == 1);  // NULL where there are none
}

TEST_CASE("a file of before gaps had names takes them, and keeps what it has") {
  const TempFolder folder;
  const auto path = (folder.path / "server.db").string();
  {
    Store store = open_server_store("sqlite:" + path).value();
    store_sample(store, sample());
  }
  {
    SQLite::Database older(path, SQLite::OPEN_READWRITE);
    older.exec("DROP INDEX events_after_gaps; ALTER TABLE events DROP COLUMN gap_before; PRAGMA user_version = 4");
  }
  Store store = open_server_store("sqlite:" + path).value();
  Event newer = sample();
  newer.timestamp += std::chrono::hours(1);
  newer.gap_before = Gap::off;
  store_sample(store, newer);
  CHECK(store.reader->events("vm-1", always, 10).value() == std::vector{sample(), newer});
}

TEST_CASE("the SQLite database of another program is refused and left as it is") {
  const TempFolder folder;
  for (const int version : {0, 1}) {
    const auto path = (folder.path / ("other" + std::to_string(version))).string();
    {
      SQLite::Database other(path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
      other.exec("CREATE TABLE pending(event); PRAGMA user_version = " + std::to_string(version));
    }
    const auto before = read_file_start(path, 1 << 20).value();
    const auto opened = open_server_store("sqlite:" + path);
    REQUIRE(opened.has_error());
    CHECK(opened.error().message.find("another program's") != std::string::npos);
    CHECK(read_file_start(path, 1 << 20).value() == before);
  }
}

TEST_CASE("a file of a newer program, or of no database, is refused and left alone") {
  const TempFolder folder;
  const auto path = (folder.path / "server.db").string();
  { REQUIRE(open_server_store("sqlite:" + path).has_value()); }
  { SQLite::Database(path, SQLite::OPEN_READWRITE).exec("PRAGMA user_version = 99"); }
  const auto newer = open_server_store("sqlite:" + path);
  REQUIRE(newer.has_error());
  CHECK(newer.error().code == ErrorCode::unsupported);
  CHECK(newer.error().message.find("newer") != std::string::npos);

  const auto text = folder.write("notes.txt", std::string(10'000, 'x'));
  const auto foreign = open_server_store("sqlite:" + text.string());
  REQUIRE(foreign.has_error());
  CHECK(foreign.error().code == ErrorCode::corrupt);
  CHECK(std::filesystem::file_size(text) == 10'000);
}

TEST_CASE("a group that fails at one event stores nothing, and the store goes on") {
  const TempFolder folder;
  const auto path = (folder.path / "server.db").string();
  Store store = open_server_store("sqlite:" + path).value();
  store_sample(store, sample());
  std::vector<Event> group;
  for (int i = 1; i <= 3; ++i) {
    group.push_back(sample());
    group.back().timestamp += std::chrono::hours(i);
  }
  const Batch batch{group, std::nullopt};
  {
    SQLite::Database other(path, SQLite::OPEN_READWRITE);
    other.exec(
        "CREATE TRIGGER fault BEFORE INSERT ON events WHEN NEW.timestamp % 7200000000 = 1800000000 "
        "BEGIN SELECT RAISE(ABORT, 'fault'); END");
  }
  CHECK(store.writer->append({&batch, 1}, Time{}).has_error());
  CHECK(store.reader->events("vm-1", always, 10).value().size() == 1);
  { SQLite::Database(path, SQLite::OPEN_READWRITE).exec("DROP TRIGGER fault"); }
  CHECK(store.writer->append({&batch, 1}, Time{}).value().counts == std::vector<Counts>{{3, 0}});
  CHECK(store.reader->events("vm-1", always, 10).value().size() == 4);
}

TEST_CASE("a file of version 1 is taken over: machines under their keys, hours added up") {
  const TempFolder folder;
  const auto path = (folder.path / "server.db").string();
  { REQUIRE(open_server_store("sqlite:" + path).has_value()); }
  {
    SQLite::Database older(path, SQLite::OPEN_READWRITE);
    older.exec(
        "DROP TABLE machines; DROP TABLE hours; DROP TABLE server_state;"
        "CREATE TABLE machines(id INTEGER PRIMARY KEY, machine_id TEXT NOT NULL UNIQUE, first_seen INTEGER "
        "NOT NULL,"
        " last_seen INTEGER NOT NULL, user_label TEXT, timezone TEXT NOT NULL DEFAULT '',"
        " timezone_at INTEGER NOT NULL DEFAULT 0);"
        "INSERT INTO machines VALUES(1, 'vm-2', 1, 2, NULL, '', 0), (2, 'vm-1', 3, 4, 'desk', "
        "'Europe/Berlin', 5);"
        "INSERT INTO events(machine, timestamp, key_count) VALUES(1, 60000000, 7), (2, 60000000, 8), (2, 0, "
        "9);"
        "PRAGMA user_version = 1");
  }
  for (int opened = 0; opened < 2; ++opened) {
    Store store = open_server_store("sqlite:" + path).value();
    const auto machines = store.reader->machines("", 10).value();
    REQUIRE(machines.size() == 2);
    CHECK(machines[0].machine_id == "vm-1");
    CHECK(machines[0].user_label == "desk");
    CHECK(machines[1].machine_id == "vm-2");
    CHECK(store.reader->events("vm-1", always, 10).value().size() == 2);
    CHECK(store.reader->events("vm-2", always, 10).value().at(0).key_count == 7);
    const auto check = compare_hours(*store.database, "vm-1").value();
    CHECK(check.hours == 1);
    CHECK(check.different == 0);
  }
}

TEST_CASE("what is one machine's is found by its index") {
  TempFolder folder;
  auto store = open_server_store("sqlite:" + (folder.path / "server.db").string()).value();
  Planner planner(*store.database);
  REQUIRE(going_screenshots(planner, "vm-1", at("2024-01-15T12:00:00Z"), 10));
  CAPTURE(planner.plan);
  CHECK(planner.plan.find("machine=?") != std::string::npos);
  planner.plan.clear();
  REQUIRE(list_credentials(planner, "vm-1"));
  CHECK(planner.plan.find("machine_id=?") != std::string::npos);
}
