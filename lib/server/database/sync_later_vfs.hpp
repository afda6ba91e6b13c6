#pragma once

namespace activitytrack::server {

/// The name of an SQLite file system that is the default one, but for write-ahead logs:
///
/// - What is written to a log is gathered, and written in large pieces at the end of the transaction: SQLite writes
/// each
///   page's frame by two calls, and a group of ours changes some two hundred pages.
/// - The sync of a commit is left to whoever uses the connection, who syncs the log's file before telling anyone that
///   something is stored. That of a checkpoint is done, if PRAGMA checkpoint_fullfsync is on, by which they are told
///   apart.
///
/// Throws std::runtime_error.
const char* sync_later_vfs();

}  // namespace activitytrack::server
