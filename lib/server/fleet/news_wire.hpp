#pragma once

#include "server/database/database.hpp"
#include "server/database/postgres_connection.hpp"

#include <activitytrack/core/result.hpp>

#include <memory>
#include <string>
#include <vector>

namespace activitytrack::server {

/// Short lines that servers of one PostgreSQL database tell each other, by LISTEN and NOTIFY. What is told while a
/// server does not listen, or is not connected, it never hears. Used by one thread.
class NewsWire {
 public:
  /// The database is borrowed, and is the one at `url`.
  NewsWire(Database& database, std::string url);

  /// To all that listen but this one. Lines have no line breaks; as many go into one notification as it takes.
  Result<void> tell(const std::vector<std::string>& lines);

  /// What others told since the last call, or since this began to listen: by the first call, and anew after rest().
  Result<std::vector<std::string>> heard();

  /// Listens no more, so that nothing is kept for it.
  void rest() { listening_.reset(); }

 private:
  Database& database_;
  const std::string url_;
  const std::string name_;  ///< of this server, by which it knows its own
  std::unique_ptr<PostgresConnection> listening_;
};

}  // namespace activitytrack::server
