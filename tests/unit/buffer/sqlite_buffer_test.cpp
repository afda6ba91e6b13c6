#include "buffer_fixture.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

struct Umask {
  explicit Umask(mode_t mask) : before(::umask(mask)) {}
  ~Umask() { ::umask(before); }
  mode_t before;
};

}  // namespace

TEST_CASE_FIXTURE(BufferFixture, "events outlive the buffer object") {
  append(*reopened(), 0, 3);
  auto buffer = reopened();
  CHECK(pending_numbers(*buffer) == std::vector<std::int64_t>{0, 1, 2});
  CHECK(buffer->settle(std::vector<Buffer::Settled>{{buffer->pending(1).value().at(0).id, ""}}));
  buffer.reset();
  buffer = reopened();
  CHECK(pending_numbers(*buffer) == std::vector<std::int64_t>{1, 2});
  CHECK(buffer->stats().value().newest == numbered_event(2).timestamp);
}

TEST_CASE_FIXTURE(BufferFixture, "files and folders are the owner's alone, whatever the umask") {
  for (const mode_t mask : {0, 022, 0277}) {
    CAPTURE(mask);
    const Umask umask(mask);
    path = folder.path / std::to_string(mask) / "deep" / "buffer.db";
    auto buffer = reopened();
    append(*buffer, 0, 1);
    CHECK(mode_of(path) == 0600);
    CHECK(mode_of(path.string() + "-wal") == 0600);
    CHECK(mode_of(path.string() + "-shm") == 0600);
    CHECK(mode_of(path.parent_path()) == 0700);
    CHECK(mode_of(path.parent_path().parent_path()) == 0700);
  }
}

TEST_CASE_FIXTURE(BufferFixture, "an existing file is taken away from others") {
  append(*reopened(), 0, 1);
  ::chmod(path.c_str(), 0644);
  auto buffer = reopened();
  CHECK(mode_of(path) == 0600);
}

TEST_CASE_FIXTURE(BufferFixture, "what stands at the path is named") {
  SUBCASE("a folder") {
    std::filesystem::create_directory(path);
    const auto opened = open();
    REQUIRE(!opened);
    CHECK(opened.error().message.find("is a folder") != std::string::npos);
    CHECK(opened.error().message.find(path.string()) != std::string::npos);
  }
  SUBCASE("a file where a folder should be") {
    folder.write("file", "x");
    path = folder.path / "file" / "buffer.db";
    const auto opened = open();
    REQUIRE(!opened);
    CHECK(opened.error().message.find((folder.path / "file").string()) != std::string::npos);
  }
  SUBCASE("another program's database") {
    run_sql(path, "CREATE TABLE bookmarks(url)");
    const auto opened = open();
    REQUIRE(!opened);
    CHECK(opened.error().code == ErrorCode::unsupported);
    run_sql(path, "SELECT url FROM bookmarks");
  }
  SUBCASE("a newer version's buffer") {
    append(*reopened(), 0, 1);
    run_sql(path, "PRAGMA user_version=999");
    const auto opened = open();
    REQUIRE(!opened);
    CHECK(opened.error().code == ErrorCode::unsupported);
    CHECK(opened.error().message.find("newer") != std::string::npos);
    CHECK(set_aside().empty());
  }
}

TEST_CASE_FIXTURE(BufferFixture, "the file shrinks when events leave") {
  auto buffer = reopened();
  append(*buffer, 0, 700, 1000);
  const auto full = buffer->stats().value().bytes;
  CHECK(full > 700'000);
  for (;;) {
    std::vector<Buffer::Settled> settled;
    for (const EncodedEvent& held : buffer->pending(500).value()) settled.push_back({held.id, ""});
    if (settled.empty()) break;
    REQUIRE(buffer->settle(settled));
  }
  buffer.reset();
  buffer = reopened();
  CHECK(buffer->stats().value().bytes < full / 3);
}

TEST_CASE_FIXTURE(BufferFixture, "lowering the bound frees the disk, and drops are warned of once an hour") {
  auto buffer = reopened();
  append(*buffer, 0, 500, 1000);
  buffer->set_bounds({90 * 24h, 300 << 10});
  append(*buffer, 500, 550, 1000);
  CHECK(log.count("oldest events dropped") == 1);
  clock.pass(61min);
  append(*buffer, 550, 551, 1000);
  CHECK(log.count("oldest events dropped") == 2);
  const BufferStats stats = buffer->stats().value();
  CHECK(stats.pending + stats.dropped == 551);
  CHECK(stats.oldest == numbered_event(stats.dropped).timestamp);
  buffer.reset();
  buffer = reopened();
  CHECK(buffer->stats().value().dropped == stats.dropped);
}

TEST_CASE_FIXTURE(BufferFixture, "what was set aside is kept with its reason, and goes before what waits") {
  auto buffer = reopened();
  append(*buffer, 0, 400, 1000);
  std::vector<Buffer::Settled> refused;
  for (const EncodedEvent& held : buffer->pending(100).value()) refused.push_back({held.id, "bad \xff field"});
  REQUIRE(buffer->settle(refused));
  run_sql(path, "SELECT 1/(count(*) = 100) FROM aside WHERE reason = 'bad \xEF\xBF\xBD field' AND event LIKE '{%'");
  CHECK(buffer->stats().value().aside == 100);
  buffer->set_bounds({90 * 24h, 400 << 10});
  append(*buffer, 400, 401, 1000);
  const BufferStats stats = buffer->stats().value();
  CHECK(stats.aside == 0);
  CHECK(stats.pending + stats.dropped == 401);
}

TEST_CASE_FIXTURE(BufferFixture, "a reader sees what a writer in the same moment has, and changes nothing") {
  auto buffer = reopened();
  auto reader = open_sqlite_buffer_read_only(path).value();
  append(*buffer, 0, 3);
  CHECK(pending_numbers(*reader) == std::vector<std::int64_t>{0, 1, 2});
  CHECK(!reader->append(numbered_event(9)));
  CHECK(!reader->settle(std::vector<Buffer::Settled>{{1, ""}}));
  append(*buffer, 3, 4);
  const BufferStats stats = reader->stats().value();
  CHECK(stats.pending == 4);
  CHECK(stats.newest == numbered_event(3).timestamp);
  CHECK(stats.bytes > 0);
}

TEST_CASE_FIXTURE(BufferFixture,
                  "another buffer on the file in the same process does not take the locks of the first") {
  // As another process sees it: those of its own are none to it.
  const auto is_locked = [this] {
    const pid_t child = ::fork();
    if (child == 0) {
      struct flock whole {};
      whole.l_type = F_WRLCK;
      const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
      ::_exit(::fcntl(fd, F_GETLK, &whole) == 0 && whole.l_type != F_UNLCK);
    }
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 1;
  };
  auto buffer = reopened();
  append(*buffer, 0, 1);
  CHECK(is_locked());
  CHECK(open_sqlite_buffer_read_only(path).has_value());
  CHECK(is_locked());
  CHECK(open().has_value());
  CHECK(is_locked());
  buffer.reset();
  CHECK_FALSE(is_locked());
}

TEST_CASE_FIXTURE(BufferFixture, "there must be something to read") {
  CHECK(open_sqlite_buffer_read_only(path).error().code == ErrorCode::not_found);
  folder.write("buffer.db", "this is no database, though it is long enough to have a header of one........");
  CHECK(open_sqlite_buffer_read_only(path).error().code == ErrorCode::unsupported);
  CHECK(set_aside().empty());
}

TEST_CASE_FIXTURE(BufferFixture, "a file that somebody removed is begun anew at the next append") {
  auto buffer = reopened();
  append(*buffer, 0, 1);
  const auto first_id = buffer->pending(1).value().at(0).id;
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path.string() + suffix);
  append(*buffer, 1, 2);
  CHECK(log.count("moved or removed") == 1);
  CHECK(buffer->pending(1).value().at(0).id > first_id);
  buffer = reopened();
  CHECK(pending_numbers(*buffer) == std::vector<std::int64_t>{1});
}
