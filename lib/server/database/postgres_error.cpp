#include "server/database/postgres_error.hpp"

#include <algorithm>
#include <array>

namespace activitytrack::server {
namespace {

struct Meaning {
  std::string_view sqlstate;  ///< or how it begins
  ErrorCode code;
};

// https://www.postgresql.org/docs/current/errcodes-appendix.html; the first that fits.
constexpr std::array meanings{
    Meaning{"53100", ErrorCode::no_space},     // disk_full
    Meaning{"53", ErrorCode::unavailable},     // memory, connections
    Meaning{"08", ErrorCode::unavailable},     // the connection
    Meaning{"57", ErrorCode::unavailable},     // shut down, starting up, cancelled, timed out
    Meaning{"58", ErrorCode::unavailable},     // the system below failed
    Meaning{"40", ErrorCode::unavailable},     // the transaction met another
    Meaning{"55P03", ErrorCode::unavailable},  // lock_not_available
    Meaning{"25006", ErrorCode::unavailable},  // read_only_sql_transaction: a standby, or being switched over
    Meaning{"25P03", ErrorCode::unavailable},  // idle_in_transaction_session_timeout
    Meaning{"28", ErrorCode::permission},      // who asks is not let in
    Meaning{"42501", ErrorCode::permission},   // insufficient_privilege
    Meaning{"22", ErrorCode::invalid_input},   // data
    Meaning{"23", ErrorCode::invalid_input},   // a constraint
    Meaning{"XX", ErrorCode::corrupt},
};

}  // namespace

std::string one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace(line, '\n', ' ');
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

ErrorCode postgres_error_code(std::string_view sqlstate) noexcept {
  const auto fits = [&](const Meaning& meaning) { return sqlstate.starts_with(meaning.sqlstate); };
  const auto found = std::ranges::find_if(meanings, fits);
  return found == meanings.end() ? ErrorCode::io : found->code;
}

Error postgres_error(const PGresult* result) {
  const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* primary = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  return {postgres_error_code(sqlstate ? sqlstate : "08"),
          "database: " + one_line(primary ? primary : PQresultErrorMessage(result))};
}

}  // namespace activitytrack::server
