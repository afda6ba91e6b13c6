#pragma once

namespace activitytrack::server {

/// The name of an SQLite file system that is the default one, but gathers what is written to a write-ahead log and
/// writes it in one piece: before it is synced, and before it is read. SQLite writes each page's frame by two calls,
/// and a group of ours changes some two hundred pages; all of them are synced before anyone is told of them, so
/// nobody misses what is not yet in the file. Throws std::runtime_error.
const char* gathering_wal_vfs();

}  // namespace activitytrack::server
