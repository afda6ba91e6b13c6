#pragma once

namespace activitytrack::server {

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
