#include "server/screenshots/announcement.hpp"

#include "server/database/queries.hpp"
#include "server/events/erasures.hpp"
#include "server/events/event_row.hpp"
#include "server/screenshots/screenshot_rows.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;

/// What a picture takes beside its bytes: its row, a block of the disk, an inode.
constexpr std::int64_t overhead_bytes = 4096;

/// A picture that was announced this long ago gives way to new ones: no address that was given out for it is valid any
/// more.
constexpr auto gives_way_after = 1h;

/// Whether the database lets this announcer in: what a server has in memory may be old.
Result<bool> is_let_in(Database& database, const std::string& machine_id, const Announcer& who) {
  const auto erased = is_being_erased(database, machine_id);
  if (!erased) return erased.error();
  if (*erased) return false;
  if (!who) return true;
  return database.finds("SELECT 1 FROM machine_credentials WHERE id = $1 AND revoked_at IS NULL", {*who});
}

Result<Announcement> announce_again(Database& database, const ScreenshotRow& row, const Screenshot& shot, Time now) {
  const Screenshot& known = row.shot;
  if (known.format != shot.format || known.size != shot.size || known.sha256 != shot.sha256)
    return Announcement{Announced::conflict};
  if (row.state == ScreenshotState::stored) return Announcement{Announced::stored};
  if (row.state == ScreenshotState::going) return Announcement{Announced::going};
  const auto noted = database.execute("UPDATE screenshots SET announced_at = $3 WHERE machine = $1 AND id = $2",
                                      {machine_key(shot.machine_id), shot.id, to_micros(now)});
  if (!noted) return noted.error();
  return Announcement{Announced::wanted};
}

/// Whether the machine may have one more awaited; of those that are awaited for long, one goes for it.
Result<bool> has_turn(Database& database, std::int64_t machine, const ScreenshotLimits& limits, Time now) {
  const auto wanted = static_cast<std::int64_t>(ScreenshotState::wanted);
  const auto count =
      select_number(database, "SELECT count(*) FROM screenshots WHERE machine = $1 AND state = $2", {machine, wanted});
  if (!count) return count.error();
  if (*count < limits.max_wanted) return true;
  const auto gone = database.run(
      "UPDATE screenshots SET state = $3 WHERE machine = $1 AND id ="
      " (SELECT id FROM screenshots WHERE machine = $1 AND state = $2 AND announced_at < $4"
      " ORDER BY announced_at LIMIT 1)",
      {machine, wanted, static_cast<std::int64_t>(ScreenshotState::going), to_micros(now - gives_way_after)});
  if (!gone) return gone.error();
  return *gone == 1;
}

Result<bool> has_room(Database& database, std::int64_t machine, const Screenshot& shot,
                      const ScreenshotLimits& limits) {
  if (limits.max_bytes_a_machine == 0) return true;
  const auto used = screenshot_total(database, machine);
  if (!used) return used.error();
  return *used + shot.size + overhead_bytes <= limits.max_bytes_a_machine;
}

Result<void> insert(Database& database, const Screenshot& shot, ScreenshotState state, Time now) {
  const bool is_stored = state == ScreenshotState::stored;
  const auto inserted = database.run(
      "INSERT INTO screenshots(machine, id, machine_id, taken_at, timezone, utc_offset_min, monitor, width, height,"
      " format, same_as, size, sha256, state, announced_at, received_at, since, counted)"
      " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
      {machine_key(shot.machine_id), shot.id, shot.machine_id, to_micros(shot.taken_at), shot.timezone,
       std::int64_t{shot.utc_offset_min}, shot.monitor, std::int64_t{shot.width}, std::int64_t{shot.height},
       static_cast<std::int64_t>(shot.format), shot.same_as, shot.size, shot.sha256, static_cast<std::int64_t>(state),
       to_micros(now), is_stored ? SqlValue(to_micros(now)) : SqlValue(), to_micros(std::min(shot.taken_at, now)),
       shot.size + overhead_bytes});
  if (!inserted) return inserted.error();
  return add_to_screenshot_total(database, machine_key(shot.machine_id), shot.size + overhead_bytes);
}

Result<Announcement> announce(Database& database, const Screenshot& shot, const Announcer& who,
                              const ScreenshotLimits& limits, Time now) {
  const auto let_in = is_let_in(database, shot.machine_id, who);
  if (!let_in) return let_in.error();
  if (!*let_in) return Announcement{Announced::shut_out};
  const auto known = find_screenshot(database, shot.machine_id, shot.id);
  if (!known) return known.error();
  if (*known) return announce_again(database, **known, shot, now);
  const auto machine = machine_key(shot.machine_id);
  const auto room = has_room(database, machine, shot, limits);
  if (!room) return room.error();
  if (!*room) return Announcement{Announced::over_limit};
  const bool has_bytes = shot.format != ScreenshotFormat::none;
  if (has_bytes) {
    const auto turn = has_turn(database, machine, limits, now);
    if (!turn) return turn.error();
    if (!*turn) return Announcement{Announced::too_many};
  }
  const auto state = has_bytes ? ScreenshotState::wanted : ScreenshotState::stored;
  if (auto inserted = insert(database, shot, state, now); !inserted) return inserted.error();
  return Announcement{has_bytes ? Announced::wanted : Announced::stored, true};
}

}  // namespace

Result<Announcement> announce_screenshot(Database& database, const Screenshot& shot, const Announcer& who,
                                         const ScreenshotLimits& limits, Time now) {
  return transact(database, [&] { return announce(database, shot, who, limits, now); });
}

Result<bool> note_stored(Database& database, const Screenshot& shot, const Announcer& who, Time now) {
  return transact(database, [&]() -> Result<bool> {
    const auto let_in = is_let_in(database, shot.machine_id, who);
    if (!let_in || !*let_in) return let_in;
    const auto noted = database.run(
        "UPDATE screenshots SET state = $4, received_at = coalesce(received_at, $5)"
        " WHERE machine = $1 AND id = $2 AND sha256 = $3 AND state <> $6",
        {machine_key(shot.machine_id), shot.id, shot.sha256, static_cast<std::int64_t>(ScreenshotState::stored),
         to_micros(now), static_cast<std::int64_t>(ScreenshotState::going)});
    if (!noted) return noted.error();
    return *noted == 1;
  });
}

}  // namespace activitytrack::server
