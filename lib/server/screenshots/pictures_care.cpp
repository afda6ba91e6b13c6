#include "server/screenshots/pictures_care.hpp"

#include "server/events/event_row.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t rows_a_step = 100;

/// An upload that nobody writes to for so long is not under way.
constexpr auto rests_after = 1h;
constexpr auto awaited_for = std::chrono::days(7);

/// Ends removals that have begun, of a machine or ("") of all. False if it was told to stop before the end.
Result<bool> remove_going(Screenshots& screenshots, std::string_view machine_id, const Pause& pause) {
  while (true) {
    const auto rows = going_screenshots(screenshots.database, machine_id, screenshots.clock.now(), rows_a_step);
    if (!rows) return rows.error();
    for (const ScreenshotRow& row : *rows) {
      if (auto done = screenshots.remove(row.shot); !done) return done.error();
      if (!pause(true)) return false;
    }
    if (rows->size() < rows_a_step) return true;
  }
}

/// Removes pictures step by step, as `begin` begins with some. Gives how many.
template <class Begin>
Result<std::int64_t> remove_all(Screenshots& screenshots, const Pause& pause, Begin begin) {
  std::int64_t removed = 0;
  while (true) {
    const Result<std::int64_t> begun = begin();
    if (!begun) return begun.error();
    removed += *begun;
    const auto done = remove_going(screenshots, "", pause);
    if (!done) return done.error();
    if (!*done || *begun < static_cast<std::int64_t>(rows_a_step)) return removed;
  }
}

/// Of an upload's name: who awaits it.
Result<bool> is_awaited(Database& database, const std::string& name) {
  const auto parts = Uploads::parse_name(name);
  if (!parts) return false;
  return is_wanted(database, parts->first, parts->second);
}

/// What no row knows of: a crash left it. False as above.
Result<bool> remove_unknown(Screenshots& screenshots, const std::string& machine_id, const Pause& pause) {
  std::vector<std::string> left;
  const auto listed = screenshots.pictures.list(path_segment(machine_id) + "/",
                                                [&](const std::string& path, std::int64_t) -> Result<void> {
                                                  left.push_back(path);
                                                  return {};
                                                });
  if (!listed) return listed.error();
  for (const std::string& path : left) {
    const auto erased = is_being_erased(screenshots.database, machine_id);
    if (!erased) return erased.error();
    if (!*erased) return true;  // by another, and the machine may send anew
    if (auto gone = screenshots.pictures.remove(path); !gone) return gone.error();
    if (!pause(true)) return false;
  }
  return true;
}

}  // namespace

Result<bool> erase_pictures(Screenshots& screenshots, const std::string& machine_id, const Pause& pause) {
  Database& database = screenshots.database;
  while (true) {
    const auto begun =
        while_erased(database, machine_id, [&] { return begin_removal_of_all(database, machine_id, rows_a_step); });
    if (!begun) return begun.error();
    const auto done = remove_going(screenshots, machine_id, pause);
    if (!done) return done.error();
    if (!*done) return false;
    if (*begun < static_cast<std::int64_t>(rows_a_step)) break;
  }
  const auto left = every_screenshot(database, machine_id, std::nullopt, 1);
  if (!left) return left.error();
  if (!left->empty()) return false;
  return remove_unknown(screenshots, machine_id, pause);
}

Result<std::int64_t> remove_old_pictures(Screenshots& screenshots, Time before, const Pause& pause) {
  return remove_all(screenshots, pause,
                    [&] { return begin_removal_of_old(screenshots.database, before, rows_a_step); });
}

Result<void> sweep_pictures(Screenshots& screenshots, const Pause& pause) {
  const Time now = screenshots.clock.now();
  const auto removed = remove_all(screenshots, pause, [&] {
    return begin_removal_of_unsent(screenshots.database, now - awaited_for, rows_a_step);
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
