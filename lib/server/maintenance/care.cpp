#include "server/maintenance/care.hpp"

#include "server/events/event_row.hpp"
#include "server/screenshots/pictures_care.hpp"

#include <utility>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;

constexpr auto between_looks = 5s;
constexpr auto between_steps = 20ms;
constexpr auto between_removals = 1h;
constexpr auto between_sweeps = 5min;

}  // namespace

Care::Care(Database& database, Screenshots& screenshots, Clock& clock, Log& log, Retention retention,
           DropParts drop_parts)
    : database_(database),
      screenshots_(screenshots),
      clock_(clock),
      log_(log),
      drop_parts_(std::move(drop_parts)),
      retention_(retention) {
  thread_ = std::thread([this] { run(); });
}

Care::~Care() { stop(); }

void Care::configure(Retention retention) {
  const std::lock_guard lock(mutex_);
  retention_ = retention;
}

void Care::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Care::run() {
  do {
    is_clean_ = true;
    finish_erasures();
    sweep_screenshots();
    remove_old_once_an_hour();
    if (is_clean_) failing_ = false;
  } while (wait_for(between_looks));
}

void Care::finish_erasures() {
  const auto machines = begun_erasures(database_);
  if (!machines) return note(machines.error());
  for (const std::string& machine_id : *machines) {
    const auto finished =
        finish_erasure(database_, screenshots_, machine_id, [this](bool worked) { return rest(worked); });
    if (!finished) note(finished.error());  // of this machine: the next may have no pictures where these are
    if (finished && *finished) log_.info("erased a machine");
    if (!rest(true)) return;
  }
}

void Care::remove_old_once_an_hour() {
  const auto retention = [this] {
    const std::lock_guard lock(mutex_);
    return retention_;
  }();
  if (retention == Retention{}) return;
  const Time now = clock_.now();
  const auto mine = is_my_turn(now);
  if (!mine) return note(mine.error());
  if (!*mine) return;
  if (drop_parts_ && retention.event_days > 0) {
    const Time before(std::chrono::floor<std::chrono::days>(now) - std::chrono::days(retention.event_days));
    if (auto noted = note_events_kept_from(database_, before); !noted) return note(noted.error());
    if (auto dropped = drop_parts_(before); !dropped) return note(dropped.error());
  }
  const auto removed = remove_old(database_, retention, now, [this](bool worked) { return rest(worked); });
  if (!removed) return note(removed.error());
  const Time pictures_before = retention_cutoff(now, retention.screenshot_days);
  const auto pictures =
      remove_old_pictures(screenshots_, pictures_before, [this](bool worked) { return rest(worked); });
  if (!pictures) return note(pictures.error());
  if (*removed + *pictures > 0)
    log_.info("removed what was too old", {{"events", *removed}, {"screenshots", *pictures}});
}

/// Each server does: uploads are its own.
void Care::sweep_screenshots() {
  const Time now = clock_.now();
  if (swept_at_ && now >= *swept_at_ && now < *swept_at_ + between_sweeps) return;
  const auto swept = sweep_pictures(screenshots_, [this](bool worked) { return rest(worked); });
  if (!swept) return note(swept.error());
  swept_at_ = now;
}

/// One server an hour finds the row as it was left an hour ago.
Result<bool> Care::is_my_turn(Time now) {
  const auto made =
      database_.run("INSERT INTO server_state(name, value) VALUES('retention_at', 0) ON CONFLICT(name) DO NOTHING");
  if (!made) return made.error();
  const auto taken =
      database_.run("UPDATE server_state SET value = $1 WHERE name = 'retention_at' AND (value <= $2 OR value > $1)",
                    {to_micros(now), to_micros(now - between_removals)});
  if (!taken) return taken.error();
  return *taken == 1;
}

bool Care::rest(bool worked) { return wait_for(worked ? between_steps : 0ms); }

/// False if the thread shall end.
bool Care::wait_for(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, time, [this] { return stopping_; });
}

void Care::note(const Error& error) {
  is_clean_ = false;
  if (std::exchange(failing_, true)) return;
  log_.error("the care of data failed; it will be tried again", {{"error", std::string_view(error.message)}});
}

}  // namespace activitytrack::server
