// What is acknowledged when the disk fails. A failed write is reported as Linux does it: by the next sync, once to each
// open file; after that every sync succeeds, though what was lost is not there.
#include "server/maintenance/sqlite_files.hpp"
#include "server/screenshots/picture_store.hpp"
#include "server/screenshots/uploads.hpp"
#include "server/serve/storage.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fakes.hpp"
#include "print_error.hpp"
#include "temp_folder.hpp"
#include "wait.hpp"

#include <atomic>
#include <cerrno>
#include <functional>
#include <future>
#include <set>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

/// Stands before the system's own sync, for all of this program.
class Disk {
 public:
  /// A write to each file whose path ends so has failed. `at_first` runs within the first sync that reports it.
  void fail(std::string ending, std::function<void()> at_first = nullptr) {
    const std::lock_guard lock(mutex_);
    ending_ = std::move(ending);
    at_first_ = std::move(at_first);
    told_.clear();
  }

  bool reports_failure(int fd) {
    std::function<void()> first;
    {
      const std::lock_guard lock(mutex_);
      if (ending_.empty() || !path_of(fd).ends_with(ending_) || !told_.insert(fd).second) return false;
      first = std::exchange(at_first_, nullptr);
    }
    if (first) first();
    return true;
  }

 private:
  static std::string path_of(int fd) {
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd), ignored).string();
  }

  std::mutex mutex_;
  std::string ending_;
  std::function<void()> at_first_;
  std::set<int> told_;
};

Disk disk;

int sync_unless_failed(long call, int fd) {
  if (!disk.reports_failure(fd)) return static_cast<int>(::syscall(call, fd));
  errno = EIO;
  return -1;
}

bool is_asleep(pid_t thread) {
  std::ifstream stat("/proc/self/task/" + std::to_string(thread) + "/stat");
  std::string text;
  std::getline(stat, text);
  const auto name_end = text.rfind(')');
  return name_end != text.npos && text.substr(name_end + 2, 1) == "S";
}

struct DiskRig {
  TempFolder folder;
  std::string path = (folder.path / "server.db").string();
  Store store = open_server_store("sqlite:" + path).value();

  ~DiskRig() { disk.fail(""); }

  /// The writer's own file of the log may have to report the failure first.
  void append(std::string_view time) {
    Event event;
    event.machine_id = "vm-1";
    event.timestamp = at(time);
    const Batch batch{{&event, 1}, std::nullopt};
    REQUIRE(wait_until([&] { return store.writer->append({&batch, 1}, at(time)).has_value(); }));
  }

  /// Whether what was reported as durable is in the log that lost some of it.
  bool is_in_the_log(const Result<void>& reported) { return reported && std::filesystem::file_size(path + "-wal") > 0; }

  /// Whether another process sees the lock that each connection holds on the log's index while it is open. A process
  /// does not see its own locks, and gives them all up when it closes the file: a child looks.
  bool index_is_locked() {
    const std::string index = path + "-shm";
    const pid_t child = ::fork();
    if (child == 0) {
      constexpr off_t kept_by_all = 128;  // https://www.sqlite.org/walformat.html#wal_locks
      struct flock lock {};
      lock.l_type = F_WRLCK, lock.l_whence = SEEK_SET, lock.l_start = kept_by_all, lock.l_len = 1;
      const int fd = ::open(index.c_str(), O_RDWR | O_CLOEXEC);
      ::_exit(fd >= 0 && ::fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? 0 : 1);
    }
    int status = 1;
    return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
  }

  Result<void> remember(const std::string& name) {
    const auto done = store.database->run("INSERT INTO server_state(name, value) VALUES($1, 1)", {name});
    if (!done) return done.error();
    return {};
  }
};

}  // namespace

extern "C" int fdatasync(int fd) { return sync_unless_failed(SYS_fdatasync, fd); }
extern "C" int fsync(int fd) { return sync_unless_failed(SYS_fsync, fd); }

TEST_CASE_FIXTURE(DiskRig, "of two that flush at once, neither acknowledges what the other was told is lost") {
  append("2024-01-15T10:30:00Z");
  std::future<bool> second;
  std::atomic<pid_t> thread = 0;
  disk.fail("-wal", [&] {
    second = std::async(std::launch::async, [&] {
      thread = static_cast<pid_t>(::syscall(SYS_gettid));
      return is_in_the_log(store.writer->flush());
    });
    const auto is_done = [&] { return second.wait_for(std::chrono::seconds(0)) == std::future_status::ready; };
    CHECK(wait_until([&] { return is_done() || (thread != 0 && is_asleep(thread)); }));
  });
  CHECK_FALSE(is_in_the_log(store.writer->flush()));
  CHECK_FALSE(second.get());
  CHECK(wait_until([&] { return store.writer->flush().has_value(); }));
  CHECK(std::filesystem::file_size(path + "-wal") == 0);
  CHECK(store.reader->events("vm-1", {Time{}, Time::max()}, 10).value().size() == 1);
}

TEST_CASE_FIXTURE(DiskRig,
                  "a failed flush is an error until the log has been written anew, and then what follows is not") {
  append("2024-01-15T10:30:00Z");
  disk.fail("-wal");
  for (int tries = 0; tries < 3; ++tries) CHECK_FALSE(is_in_the_log(store.writer->flush()));
  append("2024-01-15T10:31:00Z");
  CHECK(store.writer->flush().has_value());
  CHECK(store.reader->events("vm-1", {Time{}, Time::max()}, 10).value().size() == 2);
}

TEST_CASE_FIXTURE(DiskRig, "what is committed behind lost pages of the log is not acknowledged from there") {
  append("2024-01-15T10:30:00Z");
  disk.fail("-wal");
  CHECK(remember("first").error().code == ErrorCode::unavailable);
  CHECK_FALSE(is_in_the_log(remember("second")));
  append("2024-01-15T10:31:00Z");
  disk.fail("-wal");
  CHECK_FALSE(is_in_the_log(store.writer->flush()));
  CHECK_FALSE(is_in_the_log(store.database->transact([&] { return remember("third"); })));
  CHECK_FALSE(is_in_the_log(remember("fourth")));
  CHECK(remember("fifth").has_value());
}

TEST_CASE_FIXTURE(DiskRig, "what the kernel dropped from the log does not get into the database") {
  append("2024-01-15T10:30:00Z");
  REQUIRE(store.writer->flush().has_value());
  const auto kept = std::filesystem::file_size(path + "-wal");
  append("2024-01-15T10:31:00Z");
  {
    std::fstream log(path + "-wal", std::ios::in | std::ios::out | std::ios::binary);
    log.seekp(static_cast<std::streamoff>(kept)) << std::string(5000, '\0');
  }
  disk.fail("-wal");
  for (int tries = 0; tries < 3; ++tries) {
    const auto flushed = store.writer->flush();
    REQUIRE(flushed.has_error());
    CHECK(flushed.error().message.find("start the server again") != std::string::npos);
    CHECK(remember("state").has_error());
  }
  const auto copy = folder.path / "after.db";  // as a machine finds it that starts again
  for (const char* part : {"", "-wal"}) std::filesystem::copy_file(path + part, copy.string() + part);
  Store after = open_server_store("sqlite:" + copy.string()).value();
  CHECK(after.reader->events("vm-1", {Time{}, Time::max()}, 10).value().size() == 1);
}

TEST_CASE_FIXTURE(DiskRig, "nothing is stored behind what the kernel dropped, nor copied when the server ends") {
  append("2024-01-15T10:30:00Z");
  REQUIRE(store.writer->flush().has_value());
  const auto kept = std::filesystem::file_size(path + "-wal");
  append("2024-01-15T10:31:00Z");
  const auto size = std::filesystem::file_size(path + "-wal");
  {
    std::fstream log(path + "-wal", std::ios::in | std::ios::out | std::ios::binary);
    log.seekp(static_cast<std::streamoff>(kept)) << std::string(5000, '\0');
  }
  disk.fail("-wal");
  REQUIRE(store.writer->flush().has_error());
  Event event;
  event.machine_id = "vm-1";
  event.timestamp = at("2024-01-15T10:32:00Z");
  const Batch batch{{&event, 1}, std::nullopt};
  const auto refused = store.writer->append({&batch, 1}, at("2024-01-15T10:32:00Z"), std::nullopt);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == ErrorCode::unavailable);
  CHECK(std::filesystem::file_size(path + "-wal") == size);
  disk.fail("");         // every open file has been told
  store.reader.reset();  // the last connection is one that could copy
  store = Store();
  REQUIRE(std::filesystem::exists(path + "-wal"));
  CHECK(std::filesystem::file_size(path + "-wal") == size);
  Store after = open_server_store("sqlite:" + path).value();
  CHECK(after.reader->events("vm-1", {Time{}, Time::max()}, 10).value().size() == 1);
}

TEST_CASE_FIXTURE(DiskRig, "a sync that fails while the log is empty is no reason to refuse what follows") {
  append("2024-01-15T10:30:00Z");
  disk.fail("-wal");
  REQUIRE(wait_until([&] { return store.writer->flush().has_value(); }));
  REQUIRE(std::filesystem::file_size(path + "-wal") == 0);
  disk.fail("-wal");
  CHECK(store.writer->flush().has_value());
  append("2024-01-15T10:31:00Z");
  CHECK(store.writer->flush().has_value());
}

TEST_CASE_FIXTURE(DiskRig, "other processes still see the locks on the log's index after a failed sync") {
  append("2024-01-15T10:30:00Z");
  REQUIRE(index_is_locked());
  disk.fail("-wal");
  REQUIRE(wait_until([&] { return store.writer->flush().has_value(); }));
  CHECK(index_is_locked());
}

TEST_CASE("an upload that could not be synced is sent anew, for a second sync proves nothing") {
  const TempFolder folder;
  const auto uploads = Uploads::make(folder.path / "uploads").value();
  {
    const auto upload = uploads->begin("1-a").value();
    REQUIRE(upload->write("some bytes").has_value());
    disk.fail("1-a");
    CHECK(upload->sync().error().code == ErrorCode::io);
    CHECK_FALSE(upload->claim());
  }
  CHECK(uploads->size("1-a") == 0);
  const auto again = uploads->begin("1-a").value();
  CHECK(again->size() == 0);
  REQUIRE(again->write("some bytes").has_value());
  disk.fail("");
  CHECK(again->sync().has_value());
}

TEST_CASE("a picture whose place could not be synced is not there, and is put anew") {
  const TempFolder folder;
  const auto store = make_folder_store(folder.path / "pictures").value();
  Screenshot shot;
  shot.machine_id = "vm-1", shot.id = "a", shot.format = Screenshot::Format::jpeg;
  const std::string path = screenshot_path(shot);
  for (const std::string ending : {"/pictures", "/vm-1"}) {
    disk.fail(ending);
    CHECK(store->put(shot, folder.write("file", "bytes")).error().code == ErrorCode::io);
    CHECK_FALSE(store->size(path).value());
    CHECK(std::filesystem::is_empty(folder.path / "pictures"));
  }
  disk.fail("");
  REQUIRE(store->put(shot, folder.write("file", "bytes")).has_value());
  disk.fail(".jpg");
  CHECK(store->sync(path).error().code == ErrorCode::io);
  CHECK_FALSE(store->size(path).value());
  disk.fail("");
}

TEST_CASE("a picture that cannot be opened to sync it stays") {
  const TempFolder folder;
  const auto store = make_folder_store(folder.path / "pictures").value();
  Screenshot shot;
  shot.machine_id = "vm-1", shot.id = "a", shot.format = Screenshot::Format::jpeg;
  const std::string path = screenshot_path(shot);
  REQUIRE(store->put(shot, folder.write("file", "bytes")).has_value());
  struct rlimit before {};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const struct rlimit none { 0, before.rlim_max };
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
  const auto synced = store->sync(path), put = store->put(shot, folder.path / "no file");
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(synced.has_error());
  CHECK(put.has_error());
  CHECK(store->size(path).value());
  CHECK(store->sync(path).has_value());
}

TEST_CASE_FIXTURE(DiskRig, "a backup whose name could not be synced is not there") {
  const std::string file = (folder.path / "backup").string();
  disk.fail(folder.path.filename());
  CHECK(back_up(path, file).has_error());
  CHECK_FALSE(std::filesystem::exists(file));
  disk.fail("");
  CHECK(back_up(path, file).has_value());
}
