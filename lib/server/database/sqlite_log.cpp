#include "server/database/sqlite_log.hpp"

#include "server/database/sqlite_database.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <new>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <vector>

// SQLite's interface is C: sqlite3_file and sqlite3_io_methods are its documented "subclass" pattern
// (https://www.sqlite.org/vfs.html). The real file's own structure lies behind ours, in memory that SQLite
// allots for both.

namespace activitytrack::server {
namespace {

// A page that many groups change is copied once, and each time costs a sync that commits wait behind: seldom is
// better, at the price of a longer log.
constexpr int frames_worth_copying = 8192;  // 32 MiB

UniqueFd open_log(const std::string& path) {
  const std::string log = path + "-wal";
  UniqueFd fd(::open(log.c_str(), O_RDWR | O_CLOEXEC));
  if (!fd) throw std::runtime_error(system_error(log, errno).message);
  return fd;
}

/// The sum that SQLite keeps of a log (https://www.sqlite.org/fileformat2.html#checksum_algorithm).
struct LogSum {
  bool big_endian = false;
  std::uint32_t first = 0, second = 0;

  void add(std::string_view bytes) {
    for (; bytes.size() >= 8; bytes.remove_prefix(8)) {
      first += number(bytes) + second;
      second += number(bytes.substr(4)) + first;
    }
  }
  std::uint32_t number(std::string_view bytes) const {
    return big_endian ? be32(bytes) : __builtin_bswap32(be32(bytes));
  }
  static std::uint32_t be32(std::string_view bytes) {
    std::uint32_t value = 0;
    for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
    return value;
  }
};

/// Empty if that cannot be read.
std::string read_at(int fd, std::size_t size, std::size_t offset) {
  std::string bytes(size, '\0');
  const bool whole = ::pread(fd, bytes.data(), size, static_cast<off_t>(offset)) == static_cast<ssize_t>(size);
  return whole ? bytes : std::string();
}

/// What the index of a log says about it: how many frames there are, and the sum of all.
struct LogIndex {
  std::uint32_t frames = 0, sum[2] = {};
};

/// Read where SQLite has it mapped: to open and close the file would give up the locks on it that this process holds.
/// Nothing if the index cannot be read, or is being changed. (https://www.sqlite.org/walformat.html#the_wal_index)
std::optional<LogIndex> read_index(sqlite3* connection) {
  constexpr int region_size = 32768;
  constexpr std::size_t head_size = 48, frames_at = 16, sum_at = 24;
  sqlite3_file* file = nullptr;
  void volatile* mapped = nullptr;
  if (sqlite3_file_control(connection, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || !file) return {};
  if (!file->pMethods || file->pMethods->iVersion < 2) return {};
  if (file->pMethods->xShmMap(file, 0, region_size, 0, &mapped) != SQLITE_OK || !mapped) return {};
  char heads[2][head_size];  // a writer changes one after the other
  std::memcpy(heads[0], const_cast<void*>(mapped), head_size);
  file->pMethods->xShmBarrier(file);
  std::memcpy(heads[1], static_cast<const char*>(const_cast<void*>(mapped)) + head_size, head_size);
  if (std::memcmp(heads[0], heads[1], head_size) != 0) return {};
  LogIndex index;
  std::memcpy(&index.frames, heads[0] + frames_at, sizeof index.frames);
  std::memcpy(index.sum, heads[0] + sum_at, sizeof index.sum);
  return index;
}

/// Whether the log reads as SQLite wrote it. The kernel may have dropped pages that it could not write: what stands on
/// the disk in their place must not get into the database. How many frames there are, and their sum, is in the index.
bool is_whole(int log, sqlite3* connection) {
  constexpr std::size_t head_size = 32, summed_head = 24, frame_head = 24, summed_frame_head = 8;
  const auto index = read_index(connection);
  if (!index) return false;
  if (index->frames == 0) return true;
  const std::string head = read_at(log, head_size, 0);
  if (head.empty()) return false;
  LogSum found{.big_endian = (head[3] & 1) != 0};
  found.add(std::string_view(head).substr(0, summed_head));
  const std::size_t frame_size = frame_head + LogSum::be32(std::string_view(head).substr(8));
  for (std::uint32_t i = 0; i < index->frames; ++i) {
    const std::string frame = read_at(log, frame_size, head_size + i * frame_size);
    if (frame.empty()) return false;
    found.add(std::string_view(frame).substr(0, summed_frame_head));
    found.add(std::string_view(frame).substr(frame_head));
  }
  return found.first == index->sum[0] && found.second == index->sum[1];
}

Error not_durable(const std::string& why) { return {ErrorCode::unavailable, "database: " + why}; }

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

SqliteLog::SqliteLog(const std::string& path) : file_(open_log(path)) {}

Result<void> SqliteLog::sync(SQLite::Database& connection, std::mutex& in_use) {
  // Held until the failure is noted: the kernel would tell a second caller that all is well.
  const std::lock_guard lock(mutex_);
  if (!has_failed() && ::fdatasync(file_.get()) == 0) return {};
  failed();
  const std::lock_guard use(in_use);
  return empty(connection);
}

Result<void> SqliteLog::confirm(SQLite::Database& connection) {
  if (!has_failed()) return {};
  const std::lock_guard lock(mutex_);
  return has_failed() ? empty(connection) : Result<void>();
}

Result<void> SqliteLog::check(SQLite::Database& connection, std::mutex& in_use) {
  if (!lost_) return {};
  const std::lock_guard lock(mutex_);
  const std::lock_guard use(in_use);
  return lost_ ? empty(connection) : Result<void>();
}

int SqliteLog::copy_pages(sqlite3* connection) {
  if (has_failed()) return 0;
  int frames = 0, copied = 0;
  const int result = sqlite3_wal_checkpoint_v2(connection, nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames, &copied);
  if ((result & 0xff) == SQLITE_IOERR) failed();
  return copied < 0 ? 0 : copied;
}

void SqliteLog::before_close(sqlite3* connection) {
  if (has_failed()) sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

/// Fails if a reader, or another connection's transaction, stays in the way.
Result<void> SqliteLog::empty(SQLite::Database& connection) {
  const auto seen = failures_.load();
  lost_ = !is_whole(file_.get(), connection.getHandle());
  if (lost_) {
    return not_durable("the disk lost part of the write-ahead log: start the server again, which reads what is left");
  }
  if (sqlite3_wal_checkpoint_v2(connection.getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr) !=
      SQLITE_OK) {
    return not_durable("cannot sync the write-ahead log");
  }
  mended_ = seen;
  return {};
}

SqliteCheckpointer::SqliteCheckpointer(const std::string& path, SQLite::Database& writer, SqliteLog& log)
    : writer_(writer), log_(log), connection_(open_for_writing(path)) {
  worker_.start([this](Worker::Lock& lock) { return step(lock); });
  sqlite3_wal_hook(writer_.getHandle(), after_commit, this);
}

SqliteCheckpointer::~SqliteCheckpointer() {
  worker_.stop();
  sqlite3_wal_hook(writer_.getHandle(), nullptr, nullptr);
  for (sqlite3* connection : {writer_.getHandle(), connection_.getHandle()}) log_.before_close(connection);
}

int SqliteCheckpointer::after_commit(void* self, sqlite3* writer, const char*, int frames) {
  static_cast<SqliteCheckpointer*>(self)->committed(writer, frames);
  return SQLITE_OK;
}

void SqliteCheckpointer::committed(sqlite3* writer, int frames) {
  auto lock = worker_.lock();
  if (frames < copied_) copied_ = 0;  // the log began anew
  if (asked_ || busy_) return;
  if (frames >= long_log && just_copied_) {
    just_copied_ = false;
    lock.unlock();
    log_.copy_pages(writer);
  } else if (frames - copied_ >= frames_worth_copying) {
    asked_ = true;
    worker_.wake();
  }
}

bool SqliteCheckpointer::step(Worker::Lock& lock) {
  if (!worker_.wait(lock, [this] { return asked_; }) || worker_.stopping()) return false;
  asked_ = false;
  busy_ = true;
  lock.unlock();
  const int copied = log_.copy_pages(connection_.getHandle());
  lock.lock();
  copied_ = copied;
  just_copied_ = true;
  busy_ = false;
  return true;
}

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
