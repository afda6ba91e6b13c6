#include "screenshots/screenshots.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

constexpr std::size_t piece_bytes = 256 * 1024;

Result<bool> is_picture(const PictureBytes& bytes, const Screenshot& shot) {
  Sha256 hash;
  for (std::int64_t offset = 0; offset < shot.size; offset += piece_bytes) {
    const auto piece = bytes.read(offset, piece_bytes);
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
  if (!next.put) next.offset = std::min(uploads.size(Uploads::name_of(shot.machine_id, shot.id)), shot.size);
  return next;
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
  // Only what nobody knows of is removed here: what is known may have been stored by another server just now.
  const auto known = find_screenshot(database, shot.machine_id, shot.id);
  if (!known) return known.error();
  if (!*known) {
    if (auto removed = pictures.remove(screenshot_path(shot)); !removed) return removed.error();
  }
  return Kept::unwanted;
}

Result<void> Screenshots::remove(const Screenshot& shot) {
  uploads.remove(Uploads::name_of(shot.machine_id, shot.id));
  if (shot.format != ScreenshotFormat::none) {
    if (auto removed = pictures.remove(screenshot_path(shot)); !removed) return removed;
  }
  return forget_screenshot(database, shot);
}

}  // namespace activitytrack::server
