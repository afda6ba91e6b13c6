#include "server/database/sqlite_log.hpp"

#include <sqlite3.h>

#include <cstdint>
#include <new>
#include <stdexcept>
#include <vector>

// SQLite's interface is C: sqlite3_file and sqlite3_io_methods are its documented "subclass" pattern
// (https://www.sqlite.org/vfs.html). The real file's own structure lies behind ours, in memory that SQLite
// allots for both.

namespace activitytrack::server {
namespace {

/// The default file system writes at most 128 KiB less one byte at a time, and fails at a multiple of that.
constexpr std::size_t most_gathered = 64 * 1024;

struct WalFile : sqlite3_file {
  std::vector<char> gathered;
  std::int64_t gathered_at = 0;  ///< the offset of the first byte
};

WalFile& wal_file(sqlite3_file* file) { return *static_cast<WalFile*>(file); }
sqlite3_file* real_file(sqlite3_file* file) { return reinterpret_cast<sqlite3_file*>(&wal_file(file) + 1); }

/// Calls the real file's method.
template <auto Method, class... Arguments>
int forward(sqlite3_file* file, Arguments... arguments) {
  return (real_file(file)->pMethods->*Method)(real_file(file), arguments...);
}

int write_out(sqlite3_file* file) {
  WalFile& wal = wal_file(file);
  if (wal.gathered.empty()) return SQLITE_OK;
  const int result = forward<&sqlite3_io_methods::xWrite>(file, static_cast<const void*>(wal.gathered.data()),
                                                          static_cast<int>(wal.gathered.size()), wal.gathered_at);
  wal.gathered.clear();
  return result;
}

/// For calls before which the file must hold what was written.
template <auto Method, class... Arguments>
int after_writing(sqlite3_file* file, Arguments... arguments) {
  const int result = write_out(file);
  return result == SQLITE_OK ? forward<Method, Arguments...>(file, arguments...) : result;
}

int write(sqlite3_file* file, const void* bytes, int size, sqlite3_int64 offset) {
  WalFile& wal = wal_file(file);
  const bool follows = offset == wal.gathered_at + static_cast<std::int64_t>(wal.gathered.size());
  if (!follows || wal.gathered.size() + static_cast<std::size_t>(size) > most_gathered) {
    if (const int result = write_out(file); result != SQLITE_OK) return result;
  }
  if (wal.gathered.empty()) wal.gathered_at = offset;
  const auto* first = static_cast<const char*>(bytes);
  try {
    wal.gathered.insert(wal.gathered.end(), first, first + size);
  } catch (const std::bad_alloc&) {
    wal.gathered.clear();
    return SQLITE_IOERR_NOMEM;
  }
  return SQLITE_OK;
}

int sync(sqlite3_file* file, int flags) {
  const bool is_commit = (flags & 0x0f) == SQLITE_SYNC_NORMAL;
  return is_commit ? write_out(file) : after_writing<&sqlite3_io_methods::xSync>(file, flags);
}

int close(sqlite3_file* file) {
  // What is gathered still was not committed.
  const int closed = forward<&sqlite3_io_methods::xClose>(file);
  wal_file(file).~WalFile();
  return closed;
}

using Methods = sqlite3_io_methods;

// Version 1: a log needs no shared memory or mapping of its own.
const Methods wal_methods = {
    .iVersion = 1,
    .xClose = close,
    .xRead = after_writing<&Methods::xRead, void*, int, sqlite3_int64>,
    .xWrite = write,
    .xTruncate = after_writing<&Methods::xTruncate, sqlite3_int64>,
    .xSync = sync,
    .xFileSize = after_writing<&Methods::xFileSize, sqlite3_int64*>,
    .xLock = forward<&Methods::xLock, int>,
    .xUnlock = forward<&Methods::xUnlock, int>,
    .xCheckReservedLock = forward<&Methods::xCheckReservedLock, int*>,
    .xFileControl = after_writing<&Methods::xFileControl, int, void*>,
    .xSectorSize = forward<&Methods::xSectorSize>,
    .xDeviceCharacteristics = forward<&Methods::xDeviceCharacteristics>,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

sqlite3_vfs* real_vfs(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* real = real_vfs(vfs);
  if (!(flags & SQLITE_OPEN_WAL)) return real->xOpen(real, name, file, flags, out_flags);
  new (file) WalFile{};
  file->pMethods = nullptr;
  const int result = real->xOpen(real, name, real_file(file), flags, out_flags);
  if (real_file(file)->pMethods) {
    file->pMethods = &wal_methods;
  } else {
    wal_file(file).~WalFile();
  }
  return result;
}

}  // namespace

const char* sync_later_vfs() {
  static constexpr const char* name = "sync-later";
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs* real = sqlite3_vfs_find(nullptr);
    if (!real) throw std::runtime_error("SQLite has no file system");
    sqlite3_vfs made = *real;
    made.pNext = nullptr;
    made.zName = name;
    made.pAppData = real;
    made.szOsFile = real->szOsFile + static_cast<int>(sizeof(WalFile));
    made.xOpen = open;
    return made;
  }();
  static const int registered = sqlite3_vfs_register(&vfs, 0);
  if (registered != SQLITE_OK) throw std::runtime_error("SQLite refused its file system");
  return name;
}

}  // namespace activitytrack::server
