#include "server/maintenance/maintenance.hpp"

#include "server/maintenance/retention.hpp"

#include <utility>

namespace activitytrack::server {
namespace {

using namespace std::chrono_literals;

constexpr auto between_looks = 5s;
constexpr auto between_steps = 20ms;
constexpr auto between_removals = 1h;
constexpr auto between_sweeps = 5min;

}  // namespace

Maintenance::Maintenance(Database& database, Screenshots& screenshots, Clock& clock, Log& log, Retention retention,
                         DropParts drop_parts)
    : database_(database),
      screenshots_(screenshots),
      clock_(clock),
      log_(log),
      drop_parts_(std::move(drop_parts)),
      pause_([this](bool worked) {
        auto lock = worker_.lock();
        return worker_.rest(lock, worked ? between_steps : 0ms);
      }),
      retention_(retention),
      worker_("the maintenance of data", log) {
  worker_.start([this](Worker::Lock& lock) {
    const Retention at_present = retention_;
    lock.unlock();
    work(at_present);
    lock.lock();
    return worker_.rest(lock, between_looks);
  });
}

void Maintenance::configure(Retention retention) {
  const auto lock = worker_.lock();
  retention_ = retention;
}

void Maintenance::work(const Retention& retention) {
  is_clean_ = true;
  if (auto done = finish_erasures(); !done) note(done.error());
  if (auto done = sweep_screenshots(); !done) note(done.error());
  if (auto done = remove_old_once_an_hour(retention); !done) note(done.error());
  if (is_clean_) failing_ = false;
}

Result<void> Maintenance::finish_erasures() {
  const auto machines = begun_erasures(database_);
  if (!machines) return machines.error();
  for (const std::string& machine_id : *machines) {
    const auto finished = finish_erasure(database_, screenshots_, machine_id, pause_);
    if (!finished) note(finished.error());  // of this machine: the next may have no pictures where these are
    if (finished && *finished) log_.info("erased a machine");
    if (!pause_(true)) break;
  }
  return {};
}

/// Each server does: uploads are its own.
Result<void> Maintenance::sweep_screenshots() {
  const Time now = clock_.now();
  if (swept_at_ && now >= *swept_at_ && now < *swept_at_ + between_sweeps) return {};
  if (auto swept = sweep_pictures(screenshots_, pause_); !swept) return swept;
  swept_at_ = now;
  return {};
}

Result<void> Maintenance::remove_old_once_an_hour(const Retention& retention) {
  if (retention == Retention{}) return {};
  const Time now = clock_.now();
  const auto mine = is_my_turn(now);
  if (!mine) return mine.error();
  if (!*mine) return {};
  if (drop_parts_ && retention.event_days > 0) {
    const Time before = retention_cutoff(now, retention.event_days);
    if (auto noted = note_events_kept_from(database_, before); !noted) return noted;
    if (auto dropped = drop_parts_(before); !dropped) return dropped;
  }
  const auto removed = remove_old(database_, retention, now, pause_);
  if (!removed) return removed.error();
  const auto pictures = remove_old_pictures(screenshots_, retention_cutoff(now, retention.screenshot_days), pause_);
  if (!pictures) return pictures.error();
  if (*removed + *pictures > 0)
    log_.info("removed what was too old", {{"events", *removed}, {"screenshots", *pictures}});
  return {};
}

/// One server an hour finds the row as it was left an hour ago.
Result<bool> Maintenance::is_my_turn(Time now) {
  const auto made =
      database_.execute("INSERT INTO server_state(name, value) VALUES('retention_at', 0) ON CONFLICT(name) DO NOTHING");
  if (!made) return made.error();
  return database_.changes_one(
      "UPDATE server_state SET value = $1 WHERE name = 'retention_at' AND (value <= $2 OR value > $1)",
      {now, now - between_removals});
}

void Maintenance::note(const Error& error) {
  is_clean_ = false;
  if (std::exchange(failing_, true)) return;
  log_.error("the maintenance of data failed; it will be tried again", {{"error", std::string_view(error.message)}});
}

}  // namespace activitytrack::server
