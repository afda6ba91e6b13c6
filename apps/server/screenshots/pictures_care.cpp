#include "screenshots/pictures_care.hpp"

#include "store/machine_key.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t rows_a_step = 100;

/// An upload that nobody writes to for so long is not under way.
constexpr auto rests_after = 1h;
constexpr auto awaited_for = std::chrono::days(7);

/// Removes rows step by step, as `next` gives them. Gives how many.
template <class Next>
Result<std::int64_t> remove_all(Screenshots& screenshots, const Pause& pause, Next next) {
  std::int64_t removed = 0;
  while (true) {
    const Result<std::vector<ScreenshotRow>> rows = next();
    if (!rows) return rows.error();
    for (const ScreenshotRow& row : *rows) {
      if (auto done = screenshots.remove(row.shot); !done) return done.error();
      ++removed;
      if (!pause(true)) return removed;
    }
    if (rows->size() < rows_a_step) return removed;
  }
}

/// Of an upload's name: who awaits it.
Result<bool> is_awaited(Database& database, const std::string& name) {
  const auto parts = Uploads::parse_name(name);
  if (!parts) return false;
  return is_wanted(database, parts->first, parts->second);
}

}  // namespace

Result<bool> erase_pictures(Screenshots& screenshots, const std::string& machine_id, const Pause& pause) {
  bool stopped = false;
  const Pause rest = [&](bool worked) {
    stopped = stopped || !pause(worked);
    return !stopped;
  };
  const auto removed = remove_all(screenshots, rest, [&] {
    return every_screenshot(screenshots.database, machine_id, std::nullopt, rows_a_step);
  });
  if (!removed) return removed.error();
  if (stopped) return false;
  // What no row knows of: a crash left it.
  std::vector<std::string> left;
  const auto listed = screenshots.pictures.list(path_segment(machine_id) + "/",
                                                [&](const std::string& path, std::int64_t) -> Result<void> {
                                                  left.push_back(path);
                                                  return {};
                                                });
  if (!listed) return listed.error();
  for (const std::string& path : left) {
    if (auto gone = screenshots.pictures.remove(path); !gone) return gone.error();
    if (!rest(true)) return false;
  }
  return true;
}

Result<std::int64_t> remove_old_pictures(Screenshots& screenshots, Time before, const Pause& pause) {
  return remove_all(screenshots, pause,
                    [&] { return old_screenshots(screenshots.database, before, rows_a_step); });
}

Result<void> sweep_pictures(Screenshots& screenshots, const Pause& pause) {
  const Time now = screenshots.clock.now();
  const auto going =
      remove_all(screenshots, pause, [&] { return going_screenshots(screenshots.database, rows_a_step); });
  if (!going) return going.error();
  const auto never_sent = remove_all(screenshots, pause, [&] {
    return unsent_screenshots(screenshots.database, now - awaited_for, rows_a_step);
  });
  if (!never_sent) return never_sent.error();
  for (const std::string& name : screenshots.uploads.left_since(now - rests_after)) {
    const auto awaited = is_awaited(screenshots.database, name);
    if (!awaited) return awaited.error();
    if (!*awaited) screenshots.uploads.remove(name);
  }
  for (const std::string& name : screenshots.uploads.left_since(now - awaited_for))
    screenshots.uploads.remove(name);
  return {};
}

}  // namespace activitytrack::server
