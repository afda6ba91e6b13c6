#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace activitytrack::server {

/// Brings the pages of a write-ahead log back into the database on a thread and a connection of its own, so that
/// commits do not wait for it: copying some thousand pages takes tens of milliseconds. A log starts anew only when
/// nothing is left to copy, which a busy writer never grants: when the log has grown long, the writer itself copies
/// what little the thread left.
class SqliteCheckpointer {
 public:
  /// Follows the commits of `writer`, which outlives this. Throws SQLite::Exception.
  SqliteCheckpointer(const std::string& path, SQLite::Database& writer);
  ~SqliteCheckpointer();
  SqliteCheckpointer(const SqliteCheckpointer&) = delete;

  /// When the disk is full: copies what it can, on the writer's thread, so that the log can be written from its
  /// beginning.
  void make_room();

  /// Copies all, synced, and empties the log. False if that cannot be done now: a reader may be in the way.
  bool empty_log();

 private:
  static int after_commit(void* self, sqlite3* writer, const char*, int frames);
  void committed(sqlite3* writer, int frames);
  void run();

  SQLite::Database& writer_;
  SQLite::Database connection_;

  std::mutex mutex_;
  std::condition_variable work_;
  bool asked_ = false;
  bool busy_ = false;
  bool stopping_ = false;
  int copied_ = 0;            ///< frames of the log, by the thread, the last time
  bool just_copied_ = false;  ///< and nothing by the writer since: little is left
  std::thread thread_;
};

}  // namespace activitytrack::server
