#pragma once

#include "server/events/erasures.hpp"
#include "server/maintenance/retention.hpp"

#include <activitytrack/core/clock.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// Erasing all that is kept of a machine: its events, hours, screenshots, label, credentials and enrolment. The audit
// log keeps that it happened, and who read or changed what before; and what a person may see is theirs, and stays.

namespace activitytrack::server {

struct Screenshots;

/// Whether there is anything of a machine.
Result<bool> is_kept(Database& database, const std::string& machine_id);

/// How much an erasure removes.
struct Kept {
  std::int64_t events = 0;
  std::optional<Time> first{}, last{};  ///< of the events
  std::int64_t screenshots = 0;
};

/// `not_found` if there is nothing of the machine.
Result<Kept> count_kept(Database& database, const std::string& machine_id);

/// From here on nothing of the machine is shown, and its credential is good for nothing. What is kept of it
/// is removed by finish_erasure(). Errors: not_found. Within a transaction.
Result<void> begin_erasure(Database& database, const std::string& machine_id, Time now);

/// Machines whose erasure has begun and not ended.
Result<std::vector<std::string>> begun_erasures(Database& database);

/// Removes what is left; several may be at it. Events of the machine that arrive meanwhile may go too. False if it has
/// not ended: `pause` stopped it, or pictures may still come by addresses that were given out; those are removed later.
Result<bool> finish_erasure(Database& database, Screenshots& screenshots, const std::string& machine_id,
                            const Pause& pause);

/// The part of it that removes the machine's pictures, wherever they are. False if some stay for now: `pause` stopped
/// it, another process removes them, or they may still come.
Result<bool> erase_pictures(Screenshots& screenshots, const std::string& machine_id, const Pause& pause);

}  // namespace activitytrack::server
