#include "server/maintenance/pictures.hpp"

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t pictures_a_step = 100;

/// An upload that nobody writes to for so long is not under way.
constexpr auto rests_after = 1h;
constexpr auto awaited_for = std::chrono::days(7);

/// Ends removals that have begun. False if `pause` stopped it before the end.
Result<bool> remove_going(Screenshots& screenshots, std::string_view machine_id, const Pause& pause) {
  while (true) {
    const auto rows = going_screenshots(screenshots.database, machine_id, screenshots.clock.now(), pictures_a_step);
    if (!rows) return rows.error();
    for (const ScreenshotRow& row : *rows) {
      if (auto done = screenshots.remove(row.shot); !done) return done.error();
      if (!pause(true)) return false;
    }
    if (rows->size() < pictures_a_step) return true;
  }
}

/// Whether the upload of this name is still awaited.
Result<bool> is_awaited(Database& database, const std::string& name) {
  const auto parts = Uploads::parse_name(name);
  if (!parts) return false;
  return is_wanted(database, parts->first, parts->second);
}

}  // namespace

Result<Removed> remove_pictures(Screenshots& screenshots, std::string_view machine_id, const Pause& pause,
                                const std::function<Result<std::int64_t>(std::size_t limit)>& begin) {
  Removed removed{.more = true};
  while (removed.more) {
    const auto begun = begin(pictures_a_step);
    if (!begun) return begun.error();
    removed.rows += *begun;
    const auto done = remove_going(screenshots, machine_id, pause);
    if (!done) return done.error();
    if (!*done) break;
    removed.more = *begun == std::int64_t{pictures_a_step};
  }
  return removed;
}

Result<std::int64_t> remove_old_pictures(Screenshots& screenshots, Time before, const Pause& pause) {
  const auto removed = remove_pictures(screenshots, "", pause, [&](std::size_t limit) {
    return begin_removal_of_old(screenshots.database, before, limit);
  });
  if (!removed) return removed.error();
  return removed->rows;
}

Result<void> sweep_pictures(Screenshots& screenshots, const Pause& pause) {
  const Time now = screenshots.clock.now();
  const auto removed = remove_pictures(screenshots, "", pause, [&](std::size_t limit) {
    return begin_removal_of_unsent(screenshots.database, now - awaited_for, limit);
  });
  if (!removed) return removed.error();
  for (const std::string& name : screenshots.uploads.left_since(now - rests_after)) {
    const auto awaited = is_awaited(screenshots.database, name);
    if (!awaited) return awaited.error();
    if (!*awaited) screenshots.uploads.remove(name);
  }
  for (const std::string& name : screenshots.uploads.left_since(now - awaited_for)) screenshots.uploads.remove(name);
  return {};
}

}  // namespace activitytrack::server
