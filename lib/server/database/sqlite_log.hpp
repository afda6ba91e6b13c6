#pragma once

#include "core/file.hpp"
#include "core/worker.hpp"

#include <activitytrack/core/result.hpp>

#include <SQLiteCpp/SQLiteCpp.h>

#include <atomic>
#include <mutex>
#include <string>

namespace activitytrack::server {

/// From so many frames on, a commit copies what it can of the log back into the database.
inline constexpr int long_log = 16384;

/// Knows whether what was committed to a database's write-ahead log is on disk, for all of a process that writes to it.
///
/// The kernel reports a failed write once to each open file, and takes the pages for clean from then on: the next sync
/// succeeds, though what failed is lost, and with it all that follows it in the log. So after a failed sync nothing
/// counts as durable until the whole log has been copied into the database, is synced there, and begins anew; and it is
/// copied only if it still reads as it was written. Callable from any thread.
///
/// Errors are `unavailable`.
class SqliteLog {
 public:
  /// Opens the log beside the database `path`, which is there while a connection in WAL mode is open. Throws
  /// std::runtime_error.
  explicit SqliteLog(const std::string& path);

  /// For commits of connections by sync_later_vfs(): all of them before the call are on disk when this returns. Where
  /// it has to empty the log it uses `connection`, with `in_use` held.
  Result<void> sync(SQLite::Database& connection, std::mutex& in_use);

  /// For a connection that syncs each commit, after one that passed: that, and what precedes it in the log, is on disk
  /// when this returns. Empties the log if a sync has failed, by `connection`, which the caller may use.
  Result<void> confirm(SQLite::Database& connection);

  /// Notes that a connection was told of a failed write or sync.
  void failed();

 private:
  Result<void> empty(SQLite::Database& connection);

  const UniqueFd file_;
  std::mutex mutex_;
  std::atomic<bool> failed_ = false;
};

/// Copies the pages of a write-ahead log back into the database on a thread and a connection of its own, so that
/// commits do not wait for it: some thousand pages take tens of milliseconds. A log begins anew only when nothing is
/// left to copy, which a busy writer never grants: when the log has grown long, the writer itself copies what little
/// the thread left.
class SqliteCheckpointer {
 public:
  /// Follows the commits of `writer`, which outlives this. Throws SQLite::Exception.
  SqliteCheckpointer(const std::string& path, SQLite::Database& writer);
  ~SqliteCheckpointer();
  SqliteCheckpointer(const SqliteCheckpointer&) = delete;

  /// When the disk is full: copies what it can, on the writer's thread, so that the log can be written from its
  /// beginning.
  void make_room();

 private:
  static int after_commit(void* self, sqlite3* writer, const char*, int frames);
  void committed(sqlite3* writer, int frames);
  bool step(Worker::Lock& lock);

  SQLite::Database& writer_;
  SQLite::Database connection_;

  bool asked_ = false;
  bool busy_ = false;
  int copied_ = 0;            ///< frames of the log, by the thread, the last time
  bool just_copied_ = false;  ///< and nothing by the writer since: little is left
  Worker worker_{"the copying of the database's log", null_log()};
};

/// The name of an SQLite file system that is the default one, but for write-ahead logs:
///
/// - What is written to a log is gathered, and written in large pieces at the end of the transaction: SQLite writes
///   each page's frame by two calls, and a group of events changes some two hundred pages.
/// - The sync of a commit is left to the user of the connection, who calls SqliteLog::sync() before reporting anything
///   as stored. That of a checkpoint is done, if PRAGMA checkpoint_fullfsync is on, by which the two are told apart.
///
/// Throws std::runtime_error.
const char* sync_later_vfs();

}  // namespace activitytrack::server
