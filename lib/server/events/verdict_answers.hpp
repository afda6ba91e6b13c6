#pragma once

#include "server/database/database.hpp"

#include <activitytrack/core/event.hpp>
#include <activitytrack/report/summary.hpp>

#include <string>
#include <string_view>
#include <vector>

// What people answer to verdicts about their input. An answer stands at an event, and what it said before is kept.

namespace activitytrack::server {

/// For SQLite and PostgreSQL alike. The versions of an answer count from 1; a text that is empty took it back.
inline constexpr std::string_view verdict_answers_schema[] = {
    "CREATE TABLE IF NOT EXISTS verdict_answers("
    " machine BIGINT NOT NULL,"
    " timestamp BIGINT NOT NULL,"
    " version BIGINT NOT NULL,"
    " at BIGINT NOT NULL,"
    " made_by TEXT NOT NULL,"
    " text TEXT NOT NULL,"
    " PRIMARY KEY(machine, timestamp, version)"
    ")",
};

struct VerdictAnswer {
  Time timestamp{};    ///< of the event
  Time at{};           ///< when it was given
  std::string by{};    ///< the person's name
  std::string text{};  ///< "": taken back
};

/// More than people give in years: what one person may fill a database with is bounded.
inline constexpr std::int64_t most_verdict_answers = 10'000;

/// Adds a version. Errors: `conflict` if the machine has most_verdict_answers with all their versions, or if another
/// came at the same moment. Within a transaction.
Result<void> add_verdict_answer(Database& database, std::string_view machine_id, const VerdictAnswer& answer);

/// The present answers to events of a machine in `range`, in order of these; none that was taken back.
Result<std::vector<VerdictAnswer>> verdict_answers(Database& database, std::string_view machine_id, TimeRange range);

/// All versions of the answers to them, in order of the events, of each the newest first.
Result<std::vector<VerdictAnswer>> verdict_answer_versions(Database& database, std::string_view machine_id,
                                                           TimeRange range);

/// Removes those to events before `before`. Returns how many versions there were.
Result<std::int64_t> delete_verdict_answers(Database& database, std::string_view machine_id, Time before);

}  // namespace activitytrack::server
