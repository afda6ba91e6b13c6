// A full disk, by a file system of 1 MiB, where that may be mounted; and by a limit on file sizes.
#include "buffer_fixture.hpp"
#include "small_disk.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>
#include <csignal>

using namespace activitytrack;
using namespace activitytrack::test;

namespace {

/// Appends until it fails, and gives how many there are and the error.
std::pair<std::vector<std::int64_t>, Error> fill(Buffer& buffer, int from) {
  std::vector<std::int64_t> kept;
  for (int n = from; n < from + 20000; ++n) {
    const Result<void> appended = buffer.append(numbered_event(n, 300));
    if (!appended) return {kept, appended.error()};
    kept.push_back(n);
  }
  throw std::runtime_error("the disk never filled up");
}

}  // namespace

TEST_CASE_FIXTURE(BufferFixture, "a full disk is told, keeps what there is, and works again when there is room") {
  const SmallDisk disk(folder.path / "disk");
  if (!disk.mounted) {
    MESSAGE(SmallDisk::missing);
    return;
  }
  path = disk.folder / "buffer.db";
  auto buffer = reopened();
  append(*buffer, 0, 10);
  { std::ofstream(disk.folder / "ballast") << std::string(300'000, 'x'); }
  auto [kept, error] = fill(*buffer, 10);
  CHECK(error.code == ErrorCode::no_space);
  CHECK(error.message.find(path.string()) != std::string::npos);
  CHECK(error.message.find("make room") != std::string::npos);
  CHECK(kept.size() > 100);
  kept.insert(kept.begin(), {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(pending_numbers(*buffer) == kept);
  CHECK(!buffer->append(numbered_event(90000, 300)));

  SUBCASE("room is made") {
    std::filesystem::remove(disk.folder / "ballast");
    CHECK(buffer->append(numbered_event(90000, 300)));
    kept.push_back(90000);
  }
  SUBCASE("the program ends and starts again") {
    buffer.reset();
    CHECK(set_aside().empty());
  }
  if (!buffer) buffer = reopened();
  CHECK(pending_numbers(*buffer) == kept);
  buffer.reset();
  CHECK(pending_numbers(*reopened()) == kept);
}

TEST_CASE_FIXTURE(BufferFixture, "on a disk that others filled, events that were sent still leave") {
  const SmallDisk disk(folder.path / "disk");
  if (!disk.mounted) {
    MESSAGE(SmallDisk::missing);
    return;
  }
  path = disk.folder / "buffer.db";
  auto buffer = reopened();
  append(*buffer, 0, 300);
  run_sql(path, "PRAGMA wal_checkpoint(TRUNCATE)");
  { std::ofstream(disk.folder / "ballast") << std::string(2'000'000, 'x'); }
  // Room for a few of the changes below in the write-ahead log, but far from all.
  std::filesystem::resize_file(disk.folder / "ballast", std::filesystem::file_size(disk.folder / "ballast") - 100'000);
  for (int n = 0; n < 100; ++n) {
    const auto first = buffer->pending(1).value();
    REQUIRE(buffer->settle(std::vector<Buffer::Settled>{{first.at(0).id, ""}}));
  }
  CHECK(pending_numbers(*buffer).size() == 200);
}

TEST_CASE_FIXTURE(BufferFixture, "a new buffer on a full disk says so") {
  const SmallDisk disk(folder.path / "disk");
  if (!disk.mounted) {
    MESSAGE(SmallDisk::missing);
    return;
  }
  { std::ofstream(disk.folder / "ballast") << std::string(2'000'000, 'x'); }
  path = disk.folder / "buffer.db";
  const auto opened = open();
  REQUIRE(!opened);
  CHECK(opened.error().code == ErrorCode::no_space);
  std::filesystem::remove(disk.folder / "ballast");
  append(*reopened(), 0, 1);
}

TEST_CASE_FIXTURE(BufferFixture, "a limit on file sizes is survived as a full disk is") {
  auto buffer = reopened();
  append(*buffer, 0, 10);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{512 << 10, before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &tight);
  auto [kept, error] = fill(*buffer, 10);
  ::setrlimit(RLIMIT_FSIZE, &before);
  kept.insert(kept.begin(), {0, 1, 2, 3, 4, 5, 6, 7, 8, 9});
  CHECK(pending_numbers(*buffer) == kept);
  CHECK(buffer->append(numbered_event(90000)));
  kept.push_back(90000);
  CHECK(pending_numbers(*reopened()) == kept);
}
