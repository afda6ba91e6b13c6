#pragma once

#include "core/file.hpp"
#include "core/worker.hpp"

#include <activitytrack/core/result.hpp>

#include <SQLiteCpp/SQLiteCpp.h>

#include <atomic>
#include <cstdint>
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

  /// Before something is committed behind what the log holds: fails while the disk is known to have lost some of that.
  /// The rest is as of sync().
  Result<void> check(SQLite::Database& connection, std::mutex& in_use);

  /// Copies what can be copied into the database without waiting for anyone: nothing while a sync has failed, because
  /// nobody has seen then that the log is whole. What fails, for a full disk or another checkpoint under way, stays in
  /// the log for the next time. Returns how many frames of the log are copied.
  int copy_pages(sqlite3* connection);

  /// Notes that a connection was told of a failed write or sync.
  void failed() { ++failures_; }

  /// For each connection that writes: the last one to be closed copies nothing either while a sync has failed.
  void before_close(sqlite3* connection);

 private:
  bool has_failed() const { return failures_ != mended_; }
  Result<void> empty(SQLite::Database& connection);

  const UniqueFd file_;
  std::mutex mutex_;
  std::atomic<std::uint64_t> failures_ = 0;
  std::atomic<std::uint64_t> mended_ = 0;  ///< so many of the failures lie before the log last began anew
  std::atomic<bool> lost_ = false;         ///< it did not read as it was written the last time
};

/// Copies the pages of a write-ahead log back into the database on a thread and a connection of its own, so that
/// commits do not wait for it: some thousand pages take tens of milliseconds. A log begins anew only when nothing is
/// left to copy, which a busy writer never grants: when the log has grown long, the writer itself copies what little
/// the thread left.
class SqliteCheckpointer {
 public:
  /// Follows the commits of `writer`, which outlives this, as does the log. Throws SQLite::Exception.
  SqliteCheckpointer(const std::string& path, SQLite::Database& writer, SqliteLog& log);
  ~SqliteCheckpointer();
  SqliteCheckpointer(const SqliteCheckpointer&) = delete;

  /// When the disk is full: copies what it can, on the writer's thread, so that the log can be written from its
  /// beginning.
  void make_room() { log_.copy_pages(writer_.getHandle()); }

 private:
  static int after_commit(void* self, sqlite3* writer, const char*, int frames);
  void committed(sqlite3* writer, int frames);
  bool step(Worker::Lock& lock);

  SQLite::Database& writer_;
  SqliteLog& log_;
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
