#include "server/screenshots/screenshots.hpp"

#include <algorithm>
#include <filesystem>

namespace activitytrack::server {
namespace {

constexpr std::size_t read_at_once = 256 * 1024;

/// No removal of one picture takes longer.
constexpr std::chrono::minutes removal_takes{5};

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

Result<Screenshots::Next> Screenshots::announce(const Screenshot& shot, const Announcer& who) {
  const auto announced = announce_screenshot(database, shot, who, limits, clock.now());
  if (!announced) return announced.error();
  Next next{announced->what, announced->is_new};
  if (next.what != Announced::wanted) return next;
  if (!next.is_new) {
    const auto in_place = is_in_place(shot);
    if (!in_place) return in_place.error();
    if (*in_place) {
      if (auto synced = pictures.sync(screenshot_path(shot)); !synced) return synced.error();
      const auto noted = note_stored(database, shot, who, clock.now());
      if (!noted) return noted.error();
      uploads.remove(Uploads::name_of(shot.machine_id, shot.id));
      next.what = *noted ? Announced::stored : Announced::going;
      next.is_new = *noted;
      return next;
    }
  }
  auto put = pictures.presign(shot);
  if (!put) return put.error();
  next.put = std::move(*put);
  if (next.put) return next;
  next.offset = std::min(uploads.size(Uploads::name_of(shot.machine_id, shot.id)), shot.size);
  if (auto room = check_room(shot.size - next.offset); !room) return room.error();
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

/// A crash between the two, or a machine that put it there by itself: what the service checked is not read
/// again.
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
  if (auto removed = remove_stray(shot); !removed) return removed.error();
  return Kept::unwanted;
}

/// Of one whose removal began meanwhile, or has ended. One that is known otherwise may have been stored by another
/// server just now.
Result<void> Screenshots::remove_stray(const Screenshot& shot) {
  // Whoever removes it now may have been at its place before it came.
  const auto begun = begin_removal_of_stray(database, shot, clock.now() + 2 * removal_takes);
  if (!begun) return begun.error();
  return *begun ? remove(shot) : Result<void>();
}

Result<void> Screenshots::remove(const Screenshot& shot) {
  const Time now = clock.now(), until = now + removal_takes;
  const auto announced_at = claim_removal(database, shot, now, until);
  if (!announced_at) return announced_at.error();
  if (!*announced_at) return {};
  uploads.remove(Uploads::name_of(shot.machine_id, shot.id));
  if (shot.format == ScreenshotFormat::none) return end_removal(database, shot, until, std::nullopt);
  if (auto removed = pictures.remove(screenshot_path(shot)); !removed) {
    (void)end_removal(database, shot, until, now);  // else it is tried again when the claim has run out
    return removed;
  }
  const Time comes_until = **announced_at + pictures.presigned_come_for();
  return end_removal(database, shot, until, comes_until > now ? std::optional(comes_until) : std::nullopt);
}

}  // namespace activitytrack::server
