#include "server/events/verdict_answers.hpp"

#include "server/events/event_row.hpp"

namespace activitytrack::server {
namespace {

VerdictAnswer read_answer(const SqlRow& row) {
  return {row.time(0), row.time(1), std::string(row.text(2)), std::string(row.text(3))};
}

}  // namespace

Result<void> add_verdict_answer(Database& database, std::string_view machine_id, const VerdictAnswer& answer) {
  const auto machine = machine_key(machine_id);
  const auto kept = select_number(database, "SELECT count(*) FROM verdict_answers WHERE machine = $1", {machine});
  if (!kept) return kept.error();
  if (*kept >= most_verdict_answers) return Error{ErrorCode::conflict, "there are too many answers of this machine"};
  return database.must_change(
      "INSERT INTO verdict_answers(machine, timestamp, version, at, made_by, text)"
      " SELECT $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5 FROM verdict_answers"
      " WHERE machine = $1 AND timestamp = $2 ON CONFLICT(machine, timestamp, version) DO NOTHING",
      {machine, answer.timestamp, answer.at, answer.by, answer.text},
      Error{ErrorCode::conflict, "another answer came at the same moment"});
}

Result<std::vector<VerdictAnswer>> verdict_answers(Database& database, std::string_view machine_id, TimeRange range) {
  return select_all(database,
                    "SELECT timestamp, at, made_by, text FROM verdict_answers AS one"
                    " WHERE machine = $1 AND timestamp >= $2 AND timestamp < $3 AND text <> '' AND version ="
                    " (SELECT max(version) FROM verdict_answers AS other"
                    " WHERE other.machine = one.machine AND other.timestamp = one.timestamp) ORDER BY timestamp",
                    {machine_key(machine_id), range.start, range.end}, read_answer);
}

Result<std::vector<VerdictAnswer>> verdict_answer_versions(Database& database, std::string_view machine_id,
                                                           TimeRange range) {
  return select_all(database,
                    "SELECT timestamp, at, made_by, text FROM verdict_answers"
                    " WHERE machine = $1 AND timestamp >= $2 AND timestamp < $3 ORDER BY timestamp, version DESC",
                    {machine_key(machine_id), range.start, range.end}, read_answer);
}

Result<std::int64_t> delete_verdict_answers(Database& database, std::string_view machine_id, Time before) {
  return database.run("DELETE FROM verdict_answers WHERE machine = $1 AND timestamp < $2",
                      {machine_key(machine_id), before});
}

}  // namespace activitytrack::server
