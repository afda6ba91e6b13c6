#pragma once

// The stores that the contract tests run with. PostgreSQL's are a program of their own, for it may be not
// installed.

#include "server/serve/storage.hpp"

#include "memory_store.hpp"
#include "temp_folder.hpp"

#ifdef WITH_POSTGRES
#include "postgres_cluster.hpp"
#endif

namespace activitytrack::test {

#ifdef WITH_POSTGRES

struct Postgres {
  std::string url = PostgresCluster::shared().new_database();
  server::Store store = server::open_server_store(url).value();
};

#define STORE_KINDS Postgres
#define TABLE_KINDS Postgres

#else

struct Sqlite {
  TempFolder folder;
  server::Store store = server::open_server_store("sqlite:" + (folder.path / "server.db").string()).value();
};

struct Memory {
  server::Store store = server::make_memory_store();
};

#define STORE_KINDS Sqlite, Memory
#define TABLE_KINDS Sqlite  // those with tables of all rooms

#endif

/// A Pause that never stops.
inline bool go_on(bool) { return true; }

}  // namespace activitytrack::test
