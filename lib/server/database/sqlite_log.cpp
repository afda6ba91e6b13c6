#include "server/database/sqlite_log.hpp"

#include "server/database/sqlite_database.hpp"

#include <activitytrack/core/result.hpp>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>

namespace activitytrack::server {
namespace {

// A page that many groups change is copied once, and each time costs a sync that commits wait behind: seldom is
// better, at the price of a longer log.
constexpr int frames_worth_copying = 8192;  // 32 MiB
constexpr int long_log = 16384;

UniqueFd open_log(const std::string& path) {
  const std::string log = path + "-wal";
  UniqueFd fd(::open(log.c_str(), O_RDWR | O_CLOEXEC));
  if (!fd) throw std::runtime_error(system_error(log, errno).message);
  return fd;
}

/// Copies what can be copied without waiting for anyone. What fails, a full disk or another checkpoint under way,
/// stays in the log for the next time. Returns how many frames of the log are copied.
int copy_pages(sqlite3* connection) {
  int frames = 0, copied = 0;
  sqlite3_wal_checkpoint_v2(connection, nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames, &copied);
  return copied < 0 ? 0 : copied;
}

}  // namespace

SqliteLog::SqliteLog(const std::string& path) : file_(open_log(path)) {}

bool SqliteLog::sync(SQLite::Database& connection, std::mutex& in_use) {
  // Held until the failure is noted: the kernel would tell a second caller that all is well.
  const std::lock_guard lock(mutex_);
  if (!failed_ && ::fdatasync(file_.get()) == 0) return true;
  failed_ = true;
  const std::lock_guard use(in_use);
  return empty(connection);
}

bool SqliteLog::confirm(SQLite::Database& connection) {
  if (!failed_) return true;
  const std::lock_guard lock(mutex_);
  return !failed_ || empty(connection);
}

void SqliteLog::failed() {
  const std::lock_guard lock(mutex_);
  failed_ = true;
}

/// Fails if a reader, or another connection's transaction, stays in the way.
bool SqliteLog::empty(SQLite::Database& connection) {
  failed_ = sqlite3_wal_checkpoint_v2(connection.getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr) !=
            SQLITE_OK;
  return !failed_;
}

SqliteCheckpointer::SqliteCheckpointer(const std::string& path, SQLite::Database& writer)
    : writer_(writer), connection_(open_for_writing(path)) {
  worker_.start([this](Worker::Lock& lock) { return step(lock); });
  sqlite3_wal_hook(writer_.getHandle(), after_commit, this);
}

SqliteCheckpointer::~SqliteCheckpointer() { sqlite3_wal_hook(writer_.getHandle(), nullptr, nullptr); }

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
    copy_pages(writer);
  } else if (frames - copied_ >= frames_worth_copying) {
    asked_ = true;
    worker_.wake();
  }
}

void SqliteCheckpointer::make_room() { copy_pages(writer_.getHandle()); }

bool SqliteCheckpointer::step(Worker::Lock& lock) {
  if (!worker_.wait(lock, [this] { return asked_; }) || worker_.stopping()) return false;
  asked_ = false;
  busy_ = true;
  lock.unlock();
  const int copied = copy_pages(connection_.getHandle());
  lock.lock();
  copied_ = copied;
  just_copied_ = true;
  busy_ = false;
  return true;
}

}  // namespace activitytrack::server
