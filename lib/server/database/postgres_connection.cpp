#include "server/database/postgres_connection.hpp"

#include <poll.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

/// Of an SQLSTATE, or how it begins; the first that fits.
/// https://www.postgresql.org/docs/current/errcodes-appendix.html
constexpr std::pair<std::string_view, ErrorCode> sqlstates[]{
    {"53100", ErrorCode::no_space},     // disk_full
    {"53", ErrorCode::unavailable},     // memory, connections
    {"08", ErrorCode::unavailable},     // the connection
    {"57", ErrorCode::unavailable},     // shut down, starting up, cancelled, timed out
    {"58", ErrorCode::unavailable},     // the system below failed
    {"40", ErrorCode::unavailable},     // the transaction met another
    {"55P03", ErrorCode::unavailable},  // lock_not_available
    {"25006", ErrorCode::unavailable},  // read_only_sql_transaction: a standby, or being switched over
    {"25P03", ErrorCode::unavailable},  // idle_in_transaction_session_timeout
    {"28", ErrorCode::permission},      // who asks is not let in
    {"42501", ErrorCode::permission},   // insufficient_privilege
    {"22", ErrorCode::invalid_input},   // data
    {"23", ErrorCode::invalid_input},   // a constraint
    {"XX", ErrorCode::corrupt},
};

/// What is transient is `unavailable`.
ErrorCode code_of(std::string_view sqlstate) {
  const auto fits = [&](const auto& meaning) { return sqlstate.starts_with(meaning.first); };
  const auto found = std::ranges::find_if(sqlstates, fits);
  return found == std::end(sqlstates) ? ErrorCode::io : found->second;
}

/// libpq's words.
std::string one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace(line, '\n', ' ');
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

PostgresFailure failure_of(const PGresult* result) {
  const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  return {
      {code_of(sqlstate ? sqlstate : "08"), "database: " + one_line(primary ? primary : PQresultErrorMessage(result))},
      sqlstate ? sqlstate : ""};
}

bool failed(const PGresult* result) {
  const auto status = PQresultStatus(result);
  return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE;
}

constexpr auto first_wait = 100ms, longest_wait = 5000ms;
constexpr auto slack = 5s;  // between PostgreSQL's own time-out and giving it up

/// What the URL leaves open, and what it cannot change. In libpq the later of two wins, and "dbname" is the
/// URL.
PGconn* begin_session(const std::string& url) {
  const std::array keys{"connect_timeout",  "keepalives_idle",  "keepalives_interval",
                        "keepalives_count", "tcp_user_timeout", "fallback_application_name",
                        "dbname",           "client_encoding",  static_cast<const char*>(nullptr)};
  const std::array values{
      "5", "15", "5", "3", "20000", "activitytrack-server", url.c_str(), "UTF8", static_cast<const char*>(nullptr)};
  return PQconnectdbParams(keys.data(), values.data(), 1);
}

// A cluster of another make may not know a setting.
constexpr const char* durable_session =
    "SELECT CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', "
    "'on', false) END,"
    " CASE current_setting('statement_timeout') WHEN '0' THEN set_config('statement_timeout', '30000', "
    "false) END,"
    " set_config('idle_in_transaction_session_timeout', '10000', false);"
    "SELECT coalesce(current_setting('fsync', true), 'on'), current_setting('server_encoding'),"
    " (SELECT setting FROM pg_settings WHERE name = 'statement_timeout')";

}  // namespace

struct PostgresConnection::Sent {
  std::string_view sql;
  std::string prepare_as;  ///< not empty: its preparation goes before it
};

PostgresConnection::PostgresConnection(std::string url, std::string setup)
    : url_(std::move(url)), setup_(std::move(setup)) {}

PostgresConnection::~PostgresConnection() { disconnect(); }

void PostgresConnection::disconnect() {
  if (session_) PQfinish(session_);
  session_ = nullptr;
  prepared_.clear();
}

Error PostgresConnection::not_connected(std::string why) {
  disconnect();
  wait_ = std::clamp<std::chrono::milliseconds>(wait_ * 2, first_wait, longest_wait);
  next_try_ = steady_clock::now() + wait_;
  last_problem_ = "database: " + one_line(why);
  return {ErrorCode::unavailable, last_problem_};
}

Result<std::vector<std::string>> PostgresConnection::notices() {
  if (!session_) {
    if (auto begun = ready(); !begun) return begun.error();
  }
  if (PQconsumeInput(session_) == 0) return not_connected(PQerrorMessage(session_));
  std::vector<std::string> payloads;
  while (PGnotify* notice = PQnotifies(session_)) {
    payloads.emplace_back(notice->extra);
    PQfreemem(notice);
  }
  return payloads;
}

Result<void> PostgresConnection::ready() {
  if (session_) {
    pollfd unasked{PQsocket(session_), POLLIN, 0};
    const bool silent = ::poll(&unasked, 1, 0) == 0;
    if (silent) return {};
    disconnect();  // what comes unasked is the end of the session, or as rare
    wait_ = 0ms;
  } else if (steady_clock::now() < next_try_) {
    return Error{ErrorCode::unavailable, last_problem_};
  }
  return connect();
}

Result<void> PostgresConnection::connect() {
  session_ = begin_session(url_);
  if (!session_) return not_connected("out of memory");
  if (PQstatus(session_) != CONNECTION_OK) return not_connected(PQerrorMessage(session_));
  PQsetNoticeProcessor(
      session_, [](void*, const char*) {}, nullptr);
  if (auto prepared = prepare_session(); !prepared) {
    const Error error = not_connected(prepared.error().message);
    return prepared.error().code == ErrorCode::unsupported ? prepared.error() : error;
  }
  wait_ = 0ms;
  next_try_ = {};
  return {};
}

Result<void> PostgresConnection::prepare_session() {
  const PostgresResult settings(PQexec(session_, (setup_ + durable_session).c_str()));
  if (failed(settings.get())) return failure_of(settings.get()).error;
  const auto value = [&](int column) { return std::string(PQgetvalue(settings.get(), 0, column)); };
  if (value(0) == "off") {
    return Error{ErrorCode::unsupported,
                 "database: fsync is off there, and what it keeps would not survive a power failure: switch it on"};
  }
  if (value(1) != "UTF8") {
    return Error{ErrorCode::unsupported, "database: its encoding is " + value(1) + ": make one with UTF8"};
  }
  answer_within_ = std::chrono::milliseconds(std::stoll(value(2))) + slack;
  if (PQsetnonblocking(session_, 1) != 0 || PQenterPipelineMode(session_) == 0) {
    return Error{ErrorCode::io, PQerrorMessage(session_)};
  }
  return {};
}

PostgresFailure PostgresConnection::lost(std::string why) {
  wait_ = 0ms;
  PostgresFailure failure{not_connected(std::move(why)), "", true};
  next_try_ = {};  // the first try to be back is at once
  return failure;
}

bool PostgresConnection::send(std::span<const PostgresStatement> statements, std::vector<Sent>& sent) {
  for (const auto& [sql, parameters] : statements) {
    Sent& one = sent.emplace_back(sql);
    auto known = prepared_.find(sql);
    if (known == prepared_.end()) {
      one.prepare_as = "s" + std::to_string(++names_);
      const auto types = parameters.types();
      if (!PQsendPrepare(session_, one.prepare_as.c_str(), std::string(sql).c_str(), static_cast<int>(types.size()),
                         types.data())) {
        return false;
      }
    }
    const char* name = known == prepared_.end() ? one.prepare_as.c_str() : known->second.c_str();
    const auto view = parameters.view();
    if (!PQsendQueryPrepared(session_, name, static_cast<int>(parameters.size()), view.values.data(),
                             view.lengths.data(), view.formats.data(), 1)) {
      return false;
    }
  }
  return PQpipelineSync(session_) != 0;
}

/// Until there is a result to take; false if the connection is lost or too slow.
bool PostgresConnection::flush_and_wait() {
  const auto deadline = steady_clock::now() + answer_within_;
  while (true) {
    const int unsent = PQflush(session_);
    if (unsent < 0) return false;
    if (unsent == 0 && !PQisBusy(session_)) return true;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - steady_clock::now());
    if (left <= 0ms) return false;
    pollfd socket{PQsocket(session_), static_cast<short>(unsent ? POLLIN | POLLOUT : POLLIN), 0};
    const int found = ::poll(&socket, 1, static_cast<int>(left.count()));
    if (found < 0 && errno != EINTR) return false;
    if (found > 0 && (socket.revents & ~POLLOUT) != 0 && !PQconsumeInput(session_)) return false;
  }
}

/// The next result that is not the null between those of two statements; null if the connection is lost.
PostgresResult PostgresConnection::next_result() {
  for (int nulls = 0; nulls < 2; ++nulls) {
    if (!flush_and_wait()) return nullptr;
    if (PostgresResult result{PQgetResult(session_)}) return result;
  }
  return nullptr;
}

PostgresResults PostgresConnection::run(std::span<const PostgresStatement> statements) {
  std::vector<Sent> sent;
  std::vector<PostgresResult> results;
  std::optional<PostgresFailure> failure;
  if (!session_) return PostgresFailure{{ErrorCode::unavailable, last_problem_}, "", true};
  if (!send(statements, sent)) return lost(PQerrorMessage(session_));

  const auto take = [&] {
    PostgresResult result = next_result();
    if (result && failed(result.get()) && !failure) failure = failure_of(result.get());
    return result;
  };
  const auto gone = [&] {
    if (failure) {  // PostgreSQL said why it ends the session
      lost(failure->error.message);
      failure->lost_connection = true;
      return std::move(*failure);
    }
    const std::string why = PQerrorMessage(session_);
    return lost(why.empty() ? "no answer in time: the connection is given up" : why);
  };
  for (const Sent& one : sent) {
    if (!one.prepare_as.empty()) {
      const PostgresResult prepared = take();
      if (!prepared) return gone();
      if (PQresultStatus(prepared.get()) == PGRES_COMMAND_OK) prepared_[std::string(one.sql)] = one.prepare_as;
    }
    results.push_back(take());
    if (!results.back()) return gone();
  }
  if (const PostgresResult sync = next_result(); !sync) return gone();
  if (failure && (PQstatus(session_) != CONNECTION_OK || failure->sqlstate == "25006")) return gone();
  if (failure) return std::move(*failure);
  return results;
}

Result<PostgresResult> PostgresConnection::run_one(const PostgresStatement& statement) {
  auto results = run({statement});
  if (!results) return results.error().error;
  return std::move(results->front());
}

Result<void> PostgresConnection::execute(const std::string& statements) {
  if (auto connected = ready(); !connected) return connected;
  if (!PQexitPipelineMode(session_) || !PQsendQuery(session_, statements.c_str())) {
    return lost(PQerrorMessage(session_)).error;
  }
  Result<void> done;
  while (true) {
    if (!flush_and_wait()) return lost(PQerrorMessage(session_)).error;
    const PostgresResult result(PQgetResult(session_));
    if (!result) break;
    if (failed(result.get()) && done) done = failure_of(result.get()).error;
  }
  if (!PQenterPipelineMode(session_)) return lost(PQerrorMessage(session_)).error;
  return done;
}

}  // namespace activitytrack::server
