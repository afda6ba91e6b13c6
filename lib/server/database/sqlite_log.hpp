#pragma once

#include "core/file.hpp"
#include "core/worker.hpp"

#include <SQLiteCpp/SQLiteCpp.h>

#include <atomic>
#include <mutex>
#include <string>

namespace activitytrack::server {

/// Knows whether what was committed to a database's write-ahead log is on disk, for all of a process that writes to it.
///
/// The kernel reports a failed write once to each open file, and takes the pages for clean from then on: the next sync
/// succeeds, though what failed is lost, and with it all that follows it in the log. So after a failed sync nothing
/// counts as durable until the whole log has been copied into the database, is synced there, and begins anew. Callable
/// from any thread.
class SqliteLog {
 public:
  /// Opens the log beside the database `path`, which is there while a connection in WAL mode is open. Throws
  /// std::runtime_error.
  explicit SqliteLog(const std::string& path);

  /// For commits of connections by sync_later_vfs(): whether all of them before the call are on disk. Where it has to
  /// empty the log it uses `connection`, with `in_use` held.
  bool sync(SQLite::Database& connection, std::mutex& in_use);

  /// For a connection that syncs each commit, after one that passed: whether that, and what precedes it in the log, is
  /// on disk. Tries to empty the log if a sync has failed, by `connection`, which the caller may use.
  bool confirm(SQLite::Database& connection);

  /// Notes that a connection was told of a failed write or sync.
  void failed();

 private:
  bool empty(SQLite::Database& connection);

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

}  // namespace activitytrack::server
