// What PostgreSQL's store promises beyond store_test.cpp.
#include "server/database/postgres_connection.hpp"
#include "server/database/postgres_database.hpp"
#include "server/events/event_row.hpp"
#include "server/events/hours.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "print_error.hpp"
#include "store_kinds.hpp"

#include <future>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

const Time now = at("2024-06-15T12:00:00Z");

Result<Appended> append(Store& store, std::vector<Event> events, Time when = now) {
  const Batch batch{events, std::nullopt};
  return store.writer->append({&batch, 1}, when);
}

/// The number of rows that a query counts.
int count(const Postgres& postgres, const std::string& what) {
  return std::stoi(PostgresCluster::query(postgres.url, "SELECT count(*) FROM " + what));
}

}  // namespace

TEST_CASE("events lie in a partition for their month, those far from now in one for all") {
  Postgres postgres;
  const Time far_back = now - 6 * 365 * 24h, far_ahead = now + 2 * 365 * 24h;
  REQUIRE(append(postgres.store, {event_of("vm-1", now), event_of("vm-1", at("2024-05-31T23:59:59.999999Z")),
                                  event_of("vm-1", at("2024-06-01T00:00:00Z")), event_of("vm-1", far_back),
                                  event_of("vm-1", far_ahead)})
              .has_value());
  CHECK(count(postgres, "events_2024_06") == 2);
  CHECK(count(postgres, "events_2024_05") == 1);
  CHECK(count(postgres, "events_other") == 2);
  CHECK(postgres.store.reader->events("vm-1", always, 10).value().size() == 5);
}

TEST_CASE("a month's events move when it gets a partition, and are known there") {
  Postgres postgres;
  const Event early = event_of("vm-1", now + 2 * 365 * 24h);
  REQUIRE(append(postgres.store, {early}).has_value());
  CHECK(count(postgres, "events_other") == 1);
  const Event next = event_of("vm-1", early.timestamp + 1min);
  CHECK(append(postgres.store, {early, next}, early.timestamp).value().counts == std::vector<Counts>{{1, 1}});
  CHECK(count(postgres, "events_other") == 0);
  CHECK(count(postgres, "events_2026_06") == 2);
  CHECK(postgres.store.reader->events("vm-1", always, 10).value() == std::vector{early, next});
}

TEST_CASE("a reader in the way of a new partition holds nothing back") {
  Postgres postgres;
  const auto reader = make_postgres_database(postgres.url);
  REQUIRE(reader
              ->transact([&]() -> Result<void> {
                REQUIRE(reader->run("SELECT count(*) FROM events").has_value());
                CHECK(append(postgres.store, {event_of("vm-1", now)}).value().counts == std::vector<Counts>{{1, 0}});
                return {};
              })
              .has_value());
  CHECK(count(postgres, "events_other") == 1);
  CHECK(append(postgres.store, {event_of("vm-1", now)}, now + 2min).value().counts == std::vector<Counts>{{0, 1}});
  CHECK(count(postgres, "events_2024_06") == 1);
}

TEST_CASE("servers that open a database and store the same events at once agree") {
  const std::string url = PostgresCluster::shared().new_database();
  constexpr int servers = 4, groups = 20;
  std::vector<Event> events;
  for (int i = 0; i < 50; ++i)
    events.push_back(event_of("vm-" + std::to_string(i % 7), now + std::chrono::hours(i * 100)));
  const auto serve = [&] {
    Store store = open_server_store(url).value();
    std::size_t accepted = 0;
    for (int i = 0; i < groups; ++i) accepted += append(store, events).value().counts[0].accepted;
    return accepted;
  };
  std::vector<std::future<std::size_t>> running;
  for (int i = 0; i < servers; ++i) running.push_back(std::async(std::launch::async, serve));
  std::size_t accepted = 0;
  for (auto& one : running) accepted += one.get();
  CHECK(accepted == events.size());
}

TEST_CASE("known events are told from new ones whether or not some have come lately") {
  Postgres postgres;
  for (int round = 0; round < 3; ++round) {
    const Event known = event_of("vm-1", now - round * 24h);
    CHECK(append(postgres.store, {known}).value().counts == std::vector<Counts>{{1, 0}});
    CHECK(append(postgres.store, {known, event_of("vm-1", known.timestamp + 1s)}).value().counts ==
          std::vector<Counts>{{1, 1}});
    for (int i = 0; i < 110; ++i) {  // until the writer expects no known ones any more
      REQUIRE(append(postgres.store, {event_of("vm-1", known.timestamp + 2s + i * 1s)}).value().counts ==
              std::vector<Counts>{{1, 0}});
    }
  }
  CHECK(count(postgres, "events") == 3 * 112);
}

TEST_CASE("who is ahead in revoking keeps a group out; who is behind waits for it") {
  Postgres postgres;
  const auto changer = make_postgres_database(postgres.url);
  const Event event = event_of("vm-1", now);
  const Batch batch{{&event, 1}, std::nullopt};
  REQUIRE(append(postgres.store, {event_of("vm-1", now - 1h)}).has_value());
  std::future<Result<Appended>> appended;
  REQUIRE(
      changer
          ->transact([&]() -> Result<void> {
            REQUIRE(
                changer->run("UPDATE server_state SET value = value + 1 WHERE name = 'accounts_version'").has_value());
            appended = std::async(std::launch::async, [&] {
              return postgres.store.writer->append({&batch, 1}, now, 0);
            });
            while (count(postgres, "pg_locks WHERE NOT granted") == 0) std::this_thread::yield();
            return {};
          })
          .has_value());
  CHECK(appended.get().value().stale);
  CHECK(count(postgres, "events") == 1);
}

TEST_CASE("a column that an older database lacks is added; a newer database is refused") {
  Postgres postgres;
  REQUIRE(append(postgres.store, {event_of("vm-1", now)}).has_value());
  PostgresCluster::query(postgres.url, "ALTER TABLE events DROP COLUMN genuine_score, DROP COLUMN interval_sec");
  Store again = open_server_store(postgres.url).value();
  CHECK(again.reader->events("vm-1", always, 10).value() == std::vector{event_of("vm-1", now)});
  PostgresCluster::query(postgres.url, "UPDATE server_state SET value = 99 WHERE name = 'schema_version'");
  const auto newer = open_server_store(postgres.url);
  REQUIRE(newer.has_error());
  CHECK(newer.error().code == ErrorCode::unsupported);
  CHECK(newer.error().message.find("newer") != std::string::npos);
}

TEST_CASE("a column that a room names is added to a table that lacks it") {
  Postgres postgres;
  const std::string_view made[] = {"CREATE TABLE IF NOT EXISTS places(id BIGINT PRIMARY KEY)"};
  const AddedColumn added[] = {{"places", "size", "BIGINT NOT NULL DEFAULT 7"}};
  const RoomSchema before[] = {{made}}, now[] = {{.statements = made, .added_columns = added}};
  PostgresConnection connection(postgres.url);
  for (const Schema schema : {Schema(before), Schema(now), Schema(now)}) {
    PostgresCluster::query(postgres.url, "UPDATE server_state SET value = 3 WHERE name = 'schema_version'");
    REQUIRE(prepare_postgres_schema(connection, schema).has_value());
    PostgresCluster::query(postgres.url, "INSERT INTO places(id) VALUES(1) ON CONFLICT DO NOTHING");
  }
  CHECK(PostgresCluster::query(postgres.url, "SELECT size FROM places") == "7");
}

TEST_CASE(
    "a database of before input was judged by its measures, and gaps had names, takes them, and keeps what it has") {
  Postgres postgres;
  REQUIRE(append(postgres.store, {event_of("vm-1", now)}).has_value());
  PostgresCluster::query(postgres.url,
                         "ALTER TABLE events DROP COLUMN input_measures, DROP COLUMN gap_before;"
                         "UPDATE server_state SET value = 3 WHERE name = 'schema_version'");
  Store again = open_server_store(postgres.url).value();
  Event newer = event_of("vm-1", now + 1h);
  newer.input_measures.add("keys", 0.1F);
  newer.gap_before = Gap::off;
  REQUIRE(append(again, {newer}).has_value());
  CHECK(again.reader->events("vm-1", always, 10).value() == std::vector{event_of("vm-1", now), newer});
  CHECK(count(postgres, "events WHERE input_measures IS NOT NULL") == 1);
}

TEST_CASE("an hour of an older program is added to; one of a newer program is reported, and stays as it is") {
  Postgres postgres;
  Event event = event_of("vm-1", now);
  event.key_count = 1, event.disk_write_bytes = 7;
  Hour hour;
  hour.add(event);
  REQUIRE(append(postgres.store, {event}).has_value());
  const auto put = [&](const std::string& packed) {
    REQUIRE(postgres.store.database->run("UPDATE hours SET totals = $1", {Bytes{packed}}).value() == 1);
  };
  const auto kept = [&] {
    std::string totals;
    const auto read =
        postgres.store.reader->hours("vm-1", always, [&](const HourKey&, std::string_view packed) { totals = packed; });
    REQUIRE(read.has_value());
    return totals;
  };
  put(pack_hour(hour, 3));
  event.timestamp += 1min;
  REQUIRE(append(postgres.store, {event}).has_value());
  Totals totals;
  REQUIRE(merge_packed(totals, kept()).has_value());
  CHECK(totals.events == 2);
  CHECK(totals.sum(&Event::key_count) == 2);
  CHECK(totals.sum(&Event::disk_write_bytes) == 7);

  const std::string newer = '\3' + pack_hour(hour).substr(1);
  put(newer);
  event.timestamp += 1min;
  CHECK(append(postgres.store, {event}).error().code == ErrorCode::unsupported);
  CHECK(kept() == newer);
  CHECK(count(postgres, "events") == 2);
}

TEST_CASE("a machine that has the key of another is refused, and those with it are not stored") {
  Postgres postgres;
  REQUIRE(append(postgres.store, {event_of("vm-1", now)}).has_value());
  PostgresCluster::query(postgres.url, "UPDATE machines SET machine_id = 'its twin'");
  CHECK(append(postgres.store, {event_of("vm-1", now + 1h), event_of("vm-2", now)}).error().code ==
        ErrorCode::invalid_input);
  CHECK(append(postgres.store, {event_of("vm-2", now)}).value().counts == std::vector<Counts>{{1, 0}});
  CHECK(count(postgres, "events") == 2);
}

TEST_CASE("a session that PostgreSQL ends is made anew, within a transaction it is an error") {
  Postgres postgres;
  const auto end_sessions = [&] {
    const std::string others = " pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    PostgresCluster::query(postgres.url, "SELECT count(pg_terminate_backend(pid)) FROM" + others);
    while (count(postgres, others) > 0) std::this_thread::yield();
  };
  REQUIRE(append(postgres.store, {event_of("vm-1", now)}).has_value());
  REQUIRE(postgres.store.reader->machine("vm-1").value());
  end_sessions();
  CHECK(append(postgres.store, {event_of("vm-1", now + 1min)}).has_value());
  CHECK(postgres.store.reader->machine("vm-1").value());
  Database& database = *postgres.store.database;
  const auto cut = database.transact([&]() -> Result<void> {
    REQUIRE(database.run("DELETE FROM machines").has_value());
    end_sessions();
    return {};
  });
  REQUIRE(cut.has_error());
  CHECK(cut.error().code == ErrorCode::unavailable);
  CHECK(postgres.store.reader->machine("vm-1").value());
  CHECK(database.run("SELECT 1").has_value());
}

TEST_CASE("transactions that meet are run again, and what one passes over is not kept") {
  Postgres postgres;
  const auto other = make_postgres_database(postgres.url);
  REQUIRE(other->run("INSERT INTO server_state(name, value) VALUES('n', 0)").has_value());
  const auto add = [](Database& database, int times) {
    for (int i = 0; i < times; ++i) {
      std::int64_t value = 0;
      const auto done = database.transact([&]() -> Result<void> {
        const auto read = [&](const SqlRow& row) { value = row.integer(0); };
        if (auto found = database.run("SELECT value FROM server_state WHERE name = 'n'", {}, read); !found)
          return found.error();
        auto set = database.run("UPDATE server_state SET value = $1 WHERE name = 'n'", {value + 1});
        if (!set) return set.error();
        return {};
      });
      REQUIRE_MESSAGE(done.has_value(), done.error().message);
    }
  };
  auto there = std::async(std::launch::async, [&] { add(*other, 50); });
  add(*postgres.store.database, 50);
  there.get();
  CHECK(PostgresCluster::query(postgres.url, "SELECT value FROM server_state WHERE name = 'n'") == "100");

  const auto passed_over = other->transact([&]() -> Result<void> {
    (void)other->run("DELETE FROM server_state WHERE name = 'n'");
    CHECK(other->run("INSERT INTO server_state(name, value) VALUES('schema_version', 1)").has_error());
    return {};
  });
  CHECK(passed_over.error().code == ErrorCode::io);
  CHECK(count(postgres, "server_state WHERE name = 'n'") == 1);
}

TEST_CASE("every kind of value goes there and comes back") {
  Postgres postgres;
  Database& database = *postgres.store.database;
  const Bytes bytes{std::string("\0\xff'\\", 4)};
  int rows = 0;
  const auto read = database.run(
      "SELECT $1::bigint, $2::double precision, $3::text, $4::bytea, $5::text, 7::smallint, 8::int, true, "
      "count(*),"
      " 0.5::real FROM server_state WHERE name = 'nobody'",
      {std::int64_t{-1} << 62, -2.5, std::string("ä'$1"), bytes, SqlValue()}, [&](const SqlRow& row) {
        ++rows;
        CHECK(row.integer(0) == std::int64_t{-1} << 62);
        CHECK(row.real(1) == -2.5);
        CHECK(row.text(2) == "ä'$1");
        CHECK(row.text(3) == bytes.bytes);
        CHECK(row.is_null(4));
        CHECK(row.integer(5) + row.integer(6) + row.integer(7) + row.integer(8) == 16);
        CHECK(row.real(6) == 8.0);
        CHECK(row.real(9) == 0.5);
      });
  CHECK(read.value() == 0);
  CHECK(rows == 1);
}

TEST_CASE("a password is in no error, and what cannot be reached is unavailable") {
  for (const char* url :
       {"postgresql://u:geheim@127.0.0.1:1/d", "postgresql://u:geheim@[::1/d", "postgres://u:geheim@h:x/d",
        "postgresql://u:geheim@/d?host=/nonexistent", "postgresql://u:geheim@/d?nonsense=1"}) {
    const auto opened = open_server_store(url);
    REQUIRE(opened.has_error());
    const bool is_good = check_postgres_url(url).has_value();
    CHECK(opened.error().code == (is_good ? ErrorCode::unavailable : ErrorCode::invalid_input));
    CHECK(opened.error().message.find("geheim") == std::string::npos);
    CHECK(opened.error().message.find('\n') == std::string::npos);
    if (const auto checked = check_postgres_url(url); !checked) {
      CHECK(checked.error().message.find("geheim") == std::string::npos);
    }
  }
  CHECK(check_postgres_url("postgresql://u:p@h:5433/d?sslmode=verify-full&service=s").has_value());
  CHECK(check_postgres_url("postgresql://u@[::1/d").has_error());
}

TEST_CASE("what PostgreSQL acknowledged is there after its crash, and the store goes on by itself") {
  PostgresCluster cluster;
  Store store = open_server_store(cluster.new_database()).value();
  REQUIRE(append(store, {event_of("vm-1", now)}).has_value());
  cluster.crash();
  CHECK(append(store, {event_of("vm-1", now + 1min)}).error().code == ErrorCode::unavailable);
  CHECK(store.reader->machine("vm-1").error().code == ErrorCode::unavailable);
  cluster.start();
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!append(store, {event_of("vm-1", now + 2min)}) && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(10ms);
  }
  const auto stored = store.reader->events("vm-1", always, 10).value();
  CHECK(stored == std::vector{event_of("vm-1", now), event_of("vm-1", now + 2min)});
}
