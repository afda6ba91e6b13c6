// A sync that fails, and then a loss of power. After a failed fsync the kernel takes what was to be written for clean:
// the next fsync succeeds and writes nothing of it. So what is acknowledged later must have been written anew.
#include "buffer_fixture.hpp"

#include <doctest/doctest.h>

#include <sqlite3.h>

#include <cerrno>
#include <map>
#include <set>
#include <vector>

using namespace activitytrack;
using namespace activitytrack::test;

namespace {

/// What is on the disk for certain, by a layer below SQLite that sees each write and each sync, and lets one sync fail.
struct Disk {
  struct Change {
    std::int64_t at = 0;
    std::string bytes;  // empty: the file ends at `at`
  };
  struct File {
    std::string durable;
    std::vector<Change> cached;
  };

  void sync(const std::string& path) {
    for (const Change& change : files[path].cached) {
      std::string& to = files[path].durable;
      const auto at = static_cast<std::size_t>(change.at);
      if (change.bytes.empty()) {
        to.resize(at);
      } else {
        to.resize(std::max(to.size(), at + change.bytes.size()));
        to.replace(at, change.bytes.size(), change.bytes);
      }
    }
    files[path].cached.clear();
  }

  std::map<std::string, File> files;
  int until_failure = 0;  // syncs; the one that counts to 0 fails
  int cause = EIO;
};

Disk* disk = nullptr;
sqlite3_vfs* real_vfs = nullptr;

/// An open file: the real one lies behind it.
struct Watched {
  sqlite3_file base;
  const char* path;

  static Watched* of(sqlite3_file* file) { return reinterpret_cast<Watched*>(file); }
  static sqlite3_file* real(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(of(file) + 1); }
};

template <auto Method>
struct Forward;
template <class... Arguments, class Returned, Returned (*sqlite3_io_methods::*Method)(sqlite3_file*, Arguments...)>
struct Forward<Method> {
  static Returned call(sqlite3_file* file, Arguments... arguments) {
    sqlite3_file* real = Watched::real(file);
    return (real->pMethods->*Method)(real, arguments...);
  }
};

int watched_write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 at) {
  disk->files[Watched::of(file)->path].cached.push_back(
      {at, std::string(static_cast<const char*>(bytes), static_cast<std::size_t>(size))});
  return Forward<&sqlite3_io_methods::xWrite>::call(file, bytes, size, at);
}

int watched_truncate(sqlite3_file* file, sqlite3_int64 size) {
  disk->files[Watched::of(file)->path].cached.push_back({size, ""});
  return Forward<&sqlite3_io_methods::xTruncate>::call(file, size);
}

int watched_sync(sqlite3_file* file, int) {
  const std::string path = Watched::of(file)->path;
  if (--disk->until_failure == 0) {
    disk->files[path].cached.clear();
    return SQLITE_IOERR_FSYNC;
  }
  disk->sync(path);
  return SQLITE_OK;
}

int watched_open(sqlite3_vfs*, sqlite3_filename path, sqlite3_file* file, int flags, int* out_flags) {
  using Io = sqlite3_io_methods;
  static const Io methods{2,
                          Forward<&Io::xClose>::call,
                          Forward<&Io::xRead>::call,
                          watched_write,
                          watched_truncate,
                          watched_sync,
                          Forward<&Io::xFileSize>::call,
                          Forward<&Io::xLock>::call,
                          Forward<&Io::xUnlock>::call,
                          Forward<&Io::xCheckReservedLock>::call,
                          Forward<&Io::xFileControl>::call,
                          Forward<&Io::xSectorSize>::call,
                          Forward<&Io::xDeviceCharacteristics>::call,
                          Forward<&Io::xShmMap>::call,
                          Forward<&Io::xShmLock>::call,
                          Forward<&Io::xShmBarrier>::call,
                          Forward<&Io::xShmUnmap>::call,
                          nullptr,
                          nullptr};
  file->pMethods = nullptr;
  const int opened = real_vfs->xOpen(real_vfs, path, Watched::real(file), flags, out_flags);
  if (opened != SQLITE_OK) return opened;
  file->pMethods = &methods;
  Watched::of(file)->path = path;
  return SQLITE_OK;
}

int watched_delete(sqlite3_vfs*, const char* path, int sync_folder) {
  disk->files.erase(path);
  return real_vfs->xDelete(real_vfs, path, sync_folder);
}

struct WatchedDisk {
  WatchedDisk() {
    disk = &model;
    real_vfs = sqlite3_vfs_find(nullptr);
    vfs = *real_vfs;
    vfs.zName = "watched";
    vfs.szOsFile += static_cast<int>(sizeof(Watched));
    vfs.xOpen = watched_open;
    vfs.xDelete = watched_delete;
    vfs.xGetLastError = [](sqlite3_vfs*, int, char*) { return disk->cause; };
    sqlite3_vfs_register(&vfs, 1);
  }
  ~WatchedDisk() {
    sqlite3_vfs_unregister(&vfs);
    sqlite3_vfs_register(real_vfs, 1);
  }

  Disk model;
  sqlite3_vfs vfs{};
};

}  // namespace

TEST_CASE("what was acknowledged after a failed sync outlives a loss of power") {
  const TempFolder after(memory_path());
  int failures = 0;
  for (int failing = 1; failing <= 60; ++failing) {
    for (const int cause : {EIO, ENOSPC}) {
      CAPTURE(failing);
      CAPTURE(cause);
      std::set<std::int64_t> acknowledged;
      const std::filesystem::path left = after.path / std::to_string(failing) / std::to_string(cause);
      std::filesystem::create_directories(left);
      {
        WatchedDisk watched;
        watched.model.until_failure = failing;
        watched.model.cause = cause;
        BufferFixture fixture(memory_path());
        auto buffer = fixture.open();
        while (!buffer) buffer = fixture.open();
        for (std::int64_t n = 0; n < 100; ++n) {
          // As an agent does: tried again until it is taken. Some events leave meanwhile.
          for (int tries = 0; !(*buffer)->append(numbered_event(n, 1000)); ++tries) {
            ++failures;
            REQUIRE(tries < 3);
          }
          acknowledged.insert(n);
          if (n % 10 != 9) continue;
          const EncodedEvent first = (*buffer)->pending(1).value().at(0);
          acknowledged.erase(event_in(first).key_count);
          (void)(*buffer)->settle(std::vector<Buffer::Settled>{{first.id, ""}});
        }
        for (const char* suffix : {"", "-wal"}) {
          std::ofstream(left / ("buffer.db" + std::string(suffix)), std::ios::binary)
              << watched.model.files[fixture.path.string() + suffix].durable;
        }
      }
      FakeClock clock("2024-01-15T10:30:00Z");
      MemoryLog log;
      const auto buffer = make_sqlite_buffer(left / "buffer.db", clock, log).value();
      CHECK(log.count("damaged") == 0);
      const auto numbers = pending_numbers(*buffer);
      const std::set<std::int64_t> there(numbers.begin(), numbers.end());
      for (const std::int64_t n : acknowledged) CHECK_MESSAGE(there.contains(n), "lost " << n);
    }
  }
  CHECK(failures > 60);
}
