#pragma once

#include "server/database/database.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/screenshot.hpp>

#include <cstdint>
#include <optional>

// What is known of a screenshot before its bytes come, and when they have come.

namespace activitytrack::server {

/// What a machine may have, and what pictures leave to others.
struct ScreenshotLimits {
  std::int64_t max_bytes = std::int64_t{64} << 20;  ///< of one picture
  std::int64_t max_bytes_a_machine = 0;             ///< 0: no limit
  std::int64_t max_wanted = 16;                     ///< announced and not sent
  std::int64_t reserve_bytes = 0;                   ///< stay free on the server's disks
};

/// Who announces: an agent's credential (Principal::id), or anyone where there are no accounts.
using Announcer = std::optional<std::int64_t>;

enum class Announced {
  wanted,
  stored,
  conflict,   ///< known with other bytes
  going,      ///< being removed just now
  shut_out,   ///< the credential was revoked, or the machine is being erased
  too_many,   ///< too many of the machine's are awaited
  over_limit  ///< the machine has as many bytes as it may
};
struct Announcement {
  Announced what = Announced::wanted;
  bool is_new = false;
};

/// Notes that a screenshot is to come, or is here already. One without bytes is stored by that. Each picture
/// counts 4 KiB beyond its bytes.
Result<Announcement> announce_screenshot(Database& database, const Screenshot& shot, const Announcer& who,
                                         const ScreenshotLimits& limits, Time now);

/// Notes that its bytes are where they belong, durably. False if they are wanted no more: by a revocation, an
/// erasure or a removal meanwhile.
Result<bool> note_stored(Database& database, const Screenshot& shot, const Announcer& who, Time now);

}  // namespace activitytrack::server
