#include "server/screenshots/screenshots.hpp"

#include "server/events/admission.hpp"
#include "server/events/event_row.hpp"

#include <algorithm>
#include <filesystem>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;
using Next = Screenshots::Next;

/// What a picture takes beside its bytes: its row, a block of the disk, an inode.
constexpr std::int64_t overhead_bytes = 4096;

/// A picture that was announced this long ago gives way to new ones: no address that was given out for it is valid any
/// more.
constexpr auto gives_way_after = 1h;

constexpr std::size_t read_at_once = 256 * 1024;

/// No removal of one picture takes longer.
constexpr auto removal_takes = 5min;

/// Whether the database lets this announcer in: what a server has in memory may be old.
Result<bool> is_let_in(Database& database, const std::string& machine_id, const Announcer& who) {
  const auto erased = is_being_erased(database, machine_id);
  if (!erased) return erased.error();
  if (*erased) return false;
  if (!who) return true;
  return database.finds("SELECT 1 FROM machine_credentials WHERE id = $1 AND revoked_at IS NULL", {*who});
}

Result<Next> announce_again(Database& database, const ScreenshotRow& row, const Screenshot& shot, Time now) {
  const Screenshot& known = row.shot;
  if (known.format != shot.format || known.size != shot.size || known.sha256 != shot.sha256)
    return Next{Announced::conflict};
  if (row.state == ScreenshotState::stored) return Next{Announced::stored};
  if (row.state == ScreenshotState::going) return Next{Announced::going};
  const auto noted = database.execute("UPDATE screenshots SET announced_at = $3 WHERE machine = $1 AND id = $2",
                                      {machine_key(shot.machine_id), shot.id, now});
  if (!noted) return noted.error();
  return Next{Announced::wanted};
}

/// Whether the machine may have one more awaited; of those that are awaited for long, one goes for it.
Result<bool> has_turn(Database& database, std::int64_t machine, const ScreenshotLimits& limits, Time now) {
  const auto count = select_number(database, "SELECT count(*) FROM screenshots WHERE machine = $1 AND state = $2",
                                   {machine, ScreenshotState::wanted});
  if (!count) return count.error();
  if (*count < limits.max_wanted) return true;
  return database.changes_one(
      "UPDATE screenshots SET state = $3 WHERE machine = $1 AND id ="
      " (SELECT id FROM screenshots WHERE machine = $1 AND state = $2 AND announced_at < $4"
      " ORDER BY announced_at LIMIT 1)",
      {machine, ScreenshotState::wanted, ScreenshotState::going, now - gives_way_after});
}

Result<void> insert(Database& database, const Screenshot& shot, ScreenshotState state, Time now) {
  const auto received_at = state == ScreenshotState::stored ? std::optional(now) : std::nullopt;
  const auto inserted = database.execute(
      "INSERT INTO screenshots(machine, id, machine_id, taken_at, timezone, utc_offset_min, monitor, width, height,"
      " format, same_as, size, sha256, state, announced_at, received_at, since, counted)"
      " VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
      {machine_key(shot.machine_id), shot.id, shot.machine_id, shot.taken_at, shot.timezone, shot.utc_offset_min,
       shot.monitor, shot.width, shot.height, shot.format, shot.same_as, shot.size, shot.sha256, state, now,
       received_at, std::min(shot.taken_at, now), shot.size + overhead_bytes});
  if (!inserted) return inserted;
  return add_to_screenshot_total(database, machine_key(shot.machine_id), shot.size + overhead_bytes);
}

/// Notes that a screenshot is to come, or is here already. One without bytes is stored by that.
Result<Next> announce_once(Database& database, const Screenshot& shot, const Announcer& who,
                           const ScreenshotLimits& limits, Time now) {
  const auto let_in = is_let_in(database, shot.machine_id, who);
  if (!let_in) return let_in.error();
  if (!*let_in) return Next{Announced::shut_out};
  const auto known = find_screenshot(database, shot.machine_id, shot.id);
  if (!known) return known.error();
  if (*known) return announce_again(database, **known, shot, now);
  const auto machine = machine_key(shot.machine_id);
  if (limits.max_bytes_a_machine != 0) {
    const auto used = screenshot_total(database, machine);
    if (!used) return used.error();
    if (*used + shot.size + overhead_bytes > limits.max_bytes_a_machine) return Next{Announced::over_limit};
  }
  const bool has_bytes = shot.format != Screenshot::Format::none;
  if (has_bytes) {
    const auto turn = has_turn(database, machine, limits, now);
    if (!turn) return turn.error();
    if (!*turn) return Next{Announced::too_many};
  }
  const auto state = has_bytes ? ScreenshotState::wanted : ScreenshotState::stored;
  if (auto inserted = insert(database, shot, state, now); !inserted) return inserted.error();
  return Next{has_bytes ? Announced::wanted : Announced::stored, true};
}

Result<bool> is_picture(const PictureBytes& bytes, const Screenshot& shot) {
  Sha256 hash;
  for (std::int64_t offset = 0; offset < shot.size; offset += read_at_once) {
    const auto piece = bytes.read(offset, read_at_once);
    if (!piece) return piece.error();
    hash.add(*piece);
  }
  return hash.hex() == shot.sha256;
}

}  // namespace

Result<bool> note_stored(Database& database, const Screenshot& shot, const Announcer& who, Time now) {
  return transact(database, [&]() -> Result<bool> {
    const auto let_in = is_let_in(database, shot.machine_id, who);
    if (!let_in || !*let_in) return let_in;
    return database.changes_one(
        "UPDATE screenshots SET state = $4, received_at = coalesce(received_at, $5)"
        " WHERE machine = $1 AND id = $2 AND sha256 = $3 AND state <> $6",
        {machine_key(shot.machine_id), shot.id, shot.sha256, ScreenshotState::stored, now, ScreenshotState::going});
  });
}

Result<Screenshots::Next> Screenshots::announce(const Screenshot& shot, const Announcer& who) {
  const Time now = clock.now();
  auto next = transact(database, [&] { return announce_once(database, shot, who, limits, now); });
  if (!next || next->what != Announced::wanted) return next;
  if (!next->is_new) {
    const auto in_place = is_in_place(shot);
    if (!in_place) return in_place.error();
    if (*in_place) {
      if (auto synced = pictures.sync(screenshot_path(shot)); !synced) return synced.error();
      const auto noted = note_stored(database, shot, who, clock.now());
      if (!noted) return noted.error();
      uploads.remove(Uploads::name_of(shot.machine_id, shot.id));
      next->what = *noted ? Announced::stored : Announced::going;
      next->is_new = *noted;
      return next;
    }
  }
  auto put = pictures.presign(shot);
  if (!put) return put.error();
  next->put = std::move(*put);
  if (next->put) return next;
  next->offset = std::min(uploads.size(Uploads::name_of(shot.machine_id, shot.id)), shot.size);
  if (auto room = check_room(shot.size - next->offset); !room) return room.error();
  return next;
}

Result<void> Screenshots::check_room(std::int64_t bytes) const {
  if (limits.reserve_bytes == 0 || bytes == 0) return {};
  for (const std::string& folder : {uploads.folder(), pictures.folder()}) {
    std::error_code error;
    const auto free = folder.empty() ? std::uintmax_t(-1) : std::filesystem::space(folder, error).available;
    if (error) return system_error("cannot see how much is free at " + folder, error.value());
    if (free < static_cast<std::uintmax_t>(bytes + limits.reserve_bytes)) {
      return Error{ErrorCode::no_space, "pictures are refused: no more than " + std::to_string(free >> 20) +
                                            " MiB are free at " + folder + ", and " +
                                            std::to_string(limits.reserve_bytes >> 20) +
                                            " MiB shall be (screenshots_reserve_mib)"};
    }
  }
  return {};
}

/// A crash between the two, or a machine that put it there by itself: what the service checked is not read again.
Result<bool> Screenshots::is_in_place(const Screenshot& shot) {
  const std::string path = screenshot_path(shot);
  const auto size = pictures.size(path);
  if (!size) return size.error();
  if (!*size || **size != shot.size) return false;
  if (pictures.checks_hashes()) return true;
  const auto bytes = pictures.open(path);
  if (!bytes) return bytes.error();
  return is_picture(*bytes, shot);
}

Result<Screenshots::Kept> Screenshots::keep(const Screenshot& shot, const Announcer& who, Upload& upload) {
  if (upload.size() < shot.size) return Kept::short_of_bytes;
  if (upload.size() > shot.size || upload.sha256() != shot.sha256) {
    upload.end();
    return Kept::damaged;
  }
  if (auto synced = upload.sync(); !synced) return synced.error();
  if (auto put = pictures.put(shot, upload.file()); !put) return put.error();
  const auto noted = note_stored(database, shot, who, clock.now());
  if (!noted) return noted.error();
  upload.end();
  if (*noted) return Kept::stored;
  // Its removal began meanwhile, or has ended, and who removes it now may have been at its place before it came. One
  // that is known otherwise may have been stored by another server just now.
  const auto begun = begin_removal_of_stray(database, shot, clock.now() + 2 * removal_takes);
  if (!begun) return begun.error();
  const auto removed = *begun ? remove(shot) : Result<void>();
  return removed ? Result<Kept>(Kept::unwanted) : removed.error();
}

Result<void> Screenshots::remove(const Screenshot& shot) {
  const Time now = clock.now(), until = now + removal_takes;
  const auto announced_at = claim_removal(database, shot, now, until);
  if (!announced_at) return announced_at.error();
  if (!*announced_at) return {};
  uploads.remove(Uploads::name_of(shot.machine_id, shot.id));
  if (shot.format == Screenshot::Format::none) return end_removal(database, shot, until, std::nullopt);
  if (auto removed = pictures.remove(screenshot_path(shot)); !removed) {
    (void)end_removal(database, shot, until, now);  // else it is tried again when the claim has run out
    return removed;
  }
  const Time comes_until = **announced_at + pictures.presigned_come_for();
  return end_removal(database, shot, until, comes_until > now ? std::optional(comes_until) : std::nullopt);
}

}  // namespace activitytrack::server
