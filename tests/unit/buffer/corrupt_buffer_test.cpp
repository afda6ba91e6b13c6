#include "buffer_fixture.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace activitytrack;
using namespace activitytrack::test;

namespace {

constexpr int held = 800;

/// A closed file of many pages.
struct DamagedFixture : BufferFixture {
  DamagedFixture() {
    static const std::string sound = make_sound();
    folder.write("buffer.db", sound);
  }

  /// Once for all tests: each append waits for the disk.
  static std::string make_sound() {
    BufferFixture fixture;
    fixture.append(*fixture.reopened(), 0, held, 200);
    return read_file(fixture.path);
  }

  void check_begun_anew(const std::string& damaged) {
    auto buffer = reopened();
    REQUIRE(set_aside().size() == 1);
    CHECK(set_aside()[0].filename() == "buffer.db.corrupt-20240115T103000Z");
    CHECK(read_file(set_aside()[0]) == damaged);
    CHECK(log.count("buffer was damaged") == 1);
    append(*buffer, 5000, 5001);
    CHECK(pending_numbers(*buffer).back() == 5000);
  }
};

}  // namespace

TEST_CASE_FIXTURE(BufferFixture, "an empty file is a new buffer") {
  folder.write("buffer.db", "");
  append(*reopened(), 0, 1);
  CHECK(set_aside().empty());
}

TEST_CASE_FIXTURE(BufferFixture, "another's file is refused, and stays as it was") {
  using std::filesystem::perms;
  const auto refused = [&](const std::string& content) {
    folder.write("buffer.db", content);
    std::filesystem::permissions(path, perms::owner_read | perms::owner_write | perms::group_read);
    const auto opened = open();
    REQUIRE(!opened);
    CHECK(opened.error().code == ErrorCode::unsupported);
    CHECK(opened.error().message.find("buffer_path") != std::string::npos);
    CHECK(read_file(path) == content);
    CHECK((std::filesystem::status(path).permissions() & perms::group_read) != perms::none);
    CHECK(set_aside().empty());
    CHECK(open_sqlite_buffer_read_only(path).error().code == ErrorCode::unsupported);
    std::filesystem::remove(path);
  };
  refused("x");
  refused("Dear diary, " + std::string(5000, 'x'));
  refused(std::string("\x7F"
                      "ELF\0\0\0",
                      7) +
          std::string(5000, '\0'));
}

TEST_CASE_FIXTURE(BufferFixture, "another program's database is refused, damaged or not") {
  run_sql(path, "CREATE TABLE notes(text TEXT)");
  run_sql(path,
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
          "INSERT INTO notes SELECT printf('note %d', i) FROM n");
  CHECK(open().error().code == ErrorCode::unsupported);
  overwrite(path, 8192, std::string(4096, '\xA5'));
  const std::string damaged = read_file(path);
  CHECK(open().error().code == ErrorCode::unsupported);
  CHECK(read_file(path) == damaged);
  CHECK(set_aside().empty());
}

TEST_CASE_FIXTURE(DamagedFixture, "a file of which a power cut took the beginning is set aside as it was") {
  overwrite(path, 0, std::string(4096, '\0'));
  check_begun_anew(read_file(path));
}

TEST_CASE_FIXTURE(DamagedFixture, "a buffer whose beginning is damaged is known by its other signs") {
  SUBCASE("the application id") { overwrite(path, 0, std::string(16, '\xA5')); }
  SUBCASE("the lock file") {
    overwrite(path, 0, std::string(4096, '\xA5'));
    folder.write("buffer.db.lock", "1 since 2024-01-15T10:00:00Z\n");
  }
  SUBCASE("the log") {
    overwrite(path, 0, std::string(4096, '\xA5'));
    folder.write("buffer.db-wal", "");
  }
  CHECK(open_sqlite_buffer_read_only(path).error().code == ErrorCode::corrupt);
  check_begun_anew(read_file(path));
}

TEST_CASE_FIXTURE(DamagedFixture, "a cut file is set aside, and what can be read is carried over") {
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  check_begun_anew(read_file(path));
  CHECK(pending_numbers(*reopened()).size() > held / 4);
}

TEST_CASE_FIXTURE(DamagedFixture, "pages gone bad in the middle cost the events on them") {
  const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(path) / 2 / 4096 * 4096);
  overwrite(path, middle, std::string(4096, '\xA5'));
  check_begun_anew(read_file(path));
  const auto numbers = pending_numbers(*reopened());
  CHECK(numbers.size() > held * 9 / 10);
  CHECK(numbers.size() < held + 1);
  const auto buffer = reopened();
  for (const EncodedEvent& event : buffer->pending(held).value()) {
    if (event_in(event).key_count < held) CHECK(event_in(event) == numbered_event(event_in(event).key_count, 200));
  }
}

TEST_CASE_FIXTURE(DamagedFixture, "flipped bytes anywhere never stop it, and never invent an event") {
  const std::string sound = read_file(path);
  const unsigned seed = 20240115;
  MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 40; ++round) {
    CAPTURE(round);
    std::string damaged = sound;
    for (int flips = 0; flips < 1 + round / 4; ++flips) damaged[random() % damaged.size()] ^= 1 << random() % 8;
    for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path.string() + suffix);
    folder.write("buffer.db", damaged);
    clock.pass(std::chrono::seconds(1));
    auto opened = open();
    if (!opened) {  // the flip hit the header's own marks: refused, and nothing was touched
      CHECK(opened.error().code == ErrorCode::unsupported);
      CHECK(read_file(path) == damaged);
      continue;
    }
    CHECK((*opened)->append(numbered_event(held + round)));
    const auto events = (*opened)->pending(2 * held);
    REQUIRE(events.has_value());
    CHECK(event_in(events->back()) == numbered_event(held + round));
    CHECK(events->size() <= held + 1);
  }
}

TEST_CASE_FIXTURE(BufferFixture, "two damaged files in one second keep their own names") {
  for (int n = 0; n < 3; ++n) {
    folder.write("buffer.db", std::string(200 + n, '\0'));
    (void)reopened();
  }
  CHECK(set_aside().size() == 3);
}

TEST_CASE_FIXTURE(DamagedFixture, "damage found while it runs is set aside too; ids stay their own") {
  auto buffer = reopened();
  append(*buffer, held, held + 1);
  const std::int64_t last_id = buffer->pending(1, held).value().at(0).id;
  run_sql(path, "PRAGMA wal_checkpoint(TRUNCATE)");
  const auto size = static_cast<std::streamoff>(std::filesystem::file_size(path));
  overwrite(path, 4096, std::string(static_cast<std::size_t>(size - 4096), '\xA5'));
  REQUIRE(buffer->append(numbered_event(7000)));
  REQUIRE(set_aside().size() == 1);
  CHECK(log.count("buffer was damaged") == 1);
  const auto left = buffer->pending(10).value();
  REQUIRE(left.size() == 1);
  CHECK(event_in(left[0]) == numbered_event(7000));
  CHECK(left[0].id > last_id);
  // A batch that was under way when it happened must not take the new event with it.
  CHECK(buffer->settle(std::vector<Buffer::Settled>{{1, ""}, {last_id, ""}}));
  CHECK(pending_numbers(*buffer) == std::vector<std::int64_t>{7000});
}

TEST_CASE_FIXTURE(DamagedFixture, "an event whose text went bad is put aside and does not block the rest") {
  run_sql(path, "UPDATE pending SET event = 'garbage' WHERE id IN (1, 2, 5, 800)");
  auto reader = open_sqlite_buffer_read_only(path).value();
  CHECK(reader->pending(2).value().at(1).id == 4);
  auto buffer = reopened();
  const auto first = buffer->pending(3).value();
  REQUIRE(first.size() == 3);
  CHECK(first[0].id == 3);
  CHECK(first[1].id == 4);
  CHECK(first[2].id == 6);
  CHECK(buffer->stats().value().aside == 3);
  CHECK(buffer->stats().value().pending == held - 3);
}

TEST_CASE_FIXTURE(DamagedFixture, "so is one that SQLite would take for JSON, and it is none") {
  run_sql(path, "UPDATE pending SET event = '1' WHERE id = 1");
  run_sql(path, "UPDATE pending SET event = CAST(X'7B2261223A317D006A756E6B' AS TEXT) WHERE id = 2");
  run_sql(path, "UPDATE pending SET event = CAST(X'7B2261223A22FF227D' AS TEXT) WHERE id = 3");
  run_sql(path, "UPDATE pending SET event = '{\"a\":1}' WHERE id = 4");  // an object: its receiver decides
  auto buffer = reopened();
  const auto first = buffer->pending(2).value();
  REQUIRE(first.size() == 2);
  CHECK(first[0].id == 4);
  CHECK(first[1].id == 5);
  CHECK(buffer->stats().value().aside == 3);
}

TEST_CASE_FIXTURE(DamagedFixture, "tables that are missing are damage") {
  run_sql(path, "DROP TABLE meta");
  auto buffer = reopened();
  CHECK(set_aside().size() == 1);
  CHECK(pending_numbers(*buffer).size() == held);
}
