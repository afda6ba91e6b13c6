#include "server/database/sqlite_log.hpp"

#include "server/database/sqlite_database.hpp"

#include <sqlite3.h>

namespace activitytrack::server {
namespace {

// A page that many groups change is copied once, and each time costs a sync that commits wait behind: seldom is
// better, at the price of a longer log.
constexpr int frames_worth_copying = 8192;  // 32 MiB
constexpr int long_log = 16384;

/// Copies what can be copied without waiting for anyone. What fails, a full disk or another checkpoint under way,
/// stays in the log for the next time. Gives the frames of the log that are copied.
int copy_pages(sqlite3* connection) {
  int frames = 0, copied = 0;
  sqlite3_wal_checkpoint_v2(connection, nullptr, SQLITE_CHECKPOINT_PASSIVE, &frames, &copied);
  return copied < 0 ? 0 : copied;
}

}  // namespace

SqliteCheckpointer::SqliteCheckpointer(const std::string& path, SQLite::Database& writer)
    : writer_(writer), connection_(open_for_writing(path)), thread_([this] { run(); }) {
  sqlite3_wal_hook(writer_.getHandle(), after_commit, this);
}

SqliteCheckpointer::~SqliteCheckpointer() {
  sqlite3_wal_hook(writer_.getHandle(), nullptr, nullptr);
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  thread_.join();
}

int SqliteCheckpointer::after_commit(void* self, sqlite3* writer, const char*, int frames) {
  static_cast<SqliteCheckpointer*>(self)->committed(writer, frames);
  return SQLITE_OK;
}

void SqliteCheckpointer::committed(sqlite3* writer, int frames) {
  std::unique_lock lock(mutex_);
  if (frames < copied_) copied_ = 0;  // the log began anew
  if (asked_ || busy_) return;
  if (frames >= long_log && just_copied_) {
    just_copied_ = false;
    lock.unlock();
    copy_pages(writer);
  } else if (frames - copied_ >= frames_worth_copying) {
    asked_ = true;
    work_.notify_one();
  }
}

void SqliteCheckpointer::make_room() { copy_pages(writer_.getHandle()); }

bool SqliteCheckpointer::empty_log() {
  return sqlite3_wal_checkpoint_v2(writer_.getHandle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr) ==
         SQLITE_OK;
}

void SqliteCheckpointer::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return asked_ || stopping_; });
    if (stopping_) return;
    asked_ = false;
    busy_ = true;
    lock.unlock();
    const int copied = copy_pages(connection_.getHandle());
    lock.lock();
    copied_ = copied;
    just_copied_ = true;
    busy_ = false;
  }
}

}  // namespace activitytrack::server
