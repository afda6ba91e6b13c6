#pragma once

#include "server/database/postgres_values.hpp"

#include <activitytrack/core/result.hpp>

#include <libpq-fe.h>

#include <chrono>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::server {

/// A statement with its parameters. The text must not hold values: it is prepared once and kept by its text.
struct PostgresStatement {
  std::string_view sql;
  const PostgresParameters& parameters = no_parameters;

  static inline const PostgresParameters no_parameters{};
};

/// What went wrong with statements. PostgreSQL's DETAIL is left out: it may quote a row, and so a window title.
struct PostgresFailure {
  Error error;
  std::string sqlstate{};        ///< PostgreSQL's own code for it ("40001"); "" if it did not say
  bool lost_connection = false;  ///< and with it the transaction; a COMMIT on its way may have been kept

  /// The transaction met another: the same once more may pass.
  bool met_another() const { return sqlstate == "40001" || sqlstate == "40P01"; }
};

/// The result of each statement, or why there is none.
using PostgresResults = Result<std::vector<PostgresResult>, PostgresFailure>;

/// One session with a PostgreSQL server, begun at its first use and anew after it was lost: at once, then
/// after waits that double from 0.1 s to 5 s, during which calls fail as `unavailable` without asking the
/// network. A session that takes longer than its statement_timeout and 5 s to answer is given up as lost. Not
/// thread-safe.
///
/// The session is durable (synchronous_commit on, if it was off), has a statement_timeout of 30 s where the
/// URL or the role sets none, and refuses a server that runs without fsync, or a database that is not in
/// UTF-8.
class PostgresConnection {
 public:
  /// `setup`: statements for each new session, each ended by ";".
  explicit PostgresConnection(std::string url, std::string setup = {});
  ~PostgresConnection();
  PostgresConnection(const PostgresConnection&) = delete;

  /// Connects, if there is no session. Finds out without a round trip that a session at rest was ended.
  Result<void> ready();

  /// Runs statements one after the other in one round trip; after the first that fails none is run. ready()
  /// before it.
  PostgresResults run(std::span<const PostgresStatement> statements);
  PostgresResults run(std::initializer_list<PostgresStatement> statements) {
    return run(std::span(statements.begin(), statements.size()));
  }

  /// The result of one.
  Result<PostgresResult> run_one(const PostgresStatement& statement);

  /// Runs statements without parameters, separated by ";", in one transaction unless they hold their own.
  Result<void> execute(const std::string& statements);

  /// What others notified this session of since the last call, of the channels to which its setup LISTENs; connects
  /// first, if there is no session. For a session that is used for nothing else.
  Result<std::vector<std::string>> notices();

  /// PQserverVersion(): 150004. 0 without a session.
  int server_version() const { return session_ ? PQserverVersion(session_) : 0; }

 private:
  Result<void> connect();
  Result<void> prepare_session();
  Error not_connected(std::string why);
  void disconnect();
  PostgresFailure lost(std::string why);

  struct Sent;
  bool send(std::span<const PostgresStatement> statements, std::vector<Sent>& sent);
  bool flush_and_wait();
  PostgresResult next_result();

  const std::string url_, setup_;
  PGconn* session_ = nullptr;
  std::map<std::string, std::string, std::less<>> prepared_;  ///< by text: the name it has in this session
  std::size_t names_ = 0;
  std::chrono::milliseconds answer_within_{35'000};

  std::chrono::milliseconds wait_{0};
  std::chrono::steady_clock::time_point next_try_{};
  std::string last_problem_;
};

}  // namespace activitytrack::server
