#pragma once

#include "temp_folder.hpp"

#include <sys/types.h>

#include <string>

namespace activitytrack::test {

/// A PostgreSQL of the test's own: in a folder that goes with it, reached by a socket there and a free port
/// of 127.0.0.1, as durable as in earnest. As root it runs as the user `postgres`, for PostgreSQL refuses
/// root.
class PostgresCluster {
 public:
  /// Why there can be none: PostgreSQL is not installed; "" if there can.
  static std::string missing();

  /// The one that a program's tests share, started at its first use.
  static PostgresCluster& shared();

  PostgresCluster();  ///< throws if it does not start
  PostgresCluster(const PostgresCluster&) = delete;
  ~PostgresCluster();

  /// Makes an empty database and gives its URL.
  std::string new_database();

  /// Runs SQL as the superuser in the database of this URL, and gives the first field of its result, or "".
  static std::string query(const std::string& url, const std::string& sql);

  void crash();  ///< as kill -9 of all its processes would be
  void start();  ///< after crash()

 private:
  void launch();

  TempFolder folder_;
  pid_t postmaster_ = 0;
  int databases_ = 0;
};

}  // namespace activitytrack::test
