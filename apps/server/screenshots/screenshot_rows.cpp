#include "screenshots/screenshot_rows.hpp"

#include "store/event_row.hpp"
#include "store/machine_key.hpp"

namespace activitytrack::server {
namespace {

#define COLUMNS                                                                                         \
  "machine_id, id, taken_at, timezone, utc_offset_min, monitor, width, height, format, same_as, size, " \
  "sha256,"                                                                                             \
  " state, announced_at, received_at"

ScreenshotRow read_row(const SqlRow& row) {
  ScreenshotRow read;
  Screenshot& shot = read.shot;
  shot.machine_id = row.text(0);
  shot.id = row.text(1);
  shot.taken_at = from_micros(row.integer(2));
  shot.timezone = row.text(3);
  shot.utc_offset_min = static_cast<int>(row.integer(4));
  shot.monitor = row.text(5);
  shot.width = static_cast<int>(row.integer(6));
  shot.height = static_cast<int>(row.integer(7));
  shot.format = static_cast<ScreenshotFormat>(row.integer(8));
  shot.same_as = row.text(9);
  shot.size = row.integer(10);
  shot.sha256 = row.text(11);
  read.state = static_cast<ScreenshotState>(row.integer(12));
  read.announced_at = from_micros(row.integer(13));
  if (!row.is_null(14)) read.received_at = from_micros(row.integer(14));
  return read;
}

Result<std::vector<ScreenshotRow>> read_rows(Database& database, std::string_view sql,
                                             std::initializer_list<SqlValue> parameters) {
  std::vector<ScreenshotRow> rows;
  const auto read = database.run(sql, parameters, [&](const SqlRow& row) { rows.push_back(read_row(row)); });
  if (!read) return read.error();
  return rows;
}

SqlValue value_of(ScreenshotState state) { return static_cast<std::int64_t>(state); }

}  // namespace

Result<std::optional<ScreenshotRow>> find_screenshot(Database& database, std::string_view machine_id,
                                                     std::string_view id) {
  const auto rows = read_rows(
      database, "SELECT " COLUMNS " FROM screenshots WHERE machine = $1 AND id = $2 AND machine_id = $3",
      {machine_key(machine_id), std::string(id), std::string(machine_id)});
  if (!rows) return rows.error();
  return rows->empty() ? std::optional<ScreenshotRow>() : rows->front();
}

Result<std::vector<ScreenshotRow>> list_screenshots(Database& database, std::string_view machine_id,
                                                    const ScreenshotQuery& query) {
  const auto& [after, after_id] = query.after.value_or(std::pair(query.taken.start, std::string()));
  return read_rows(database,
                   "SELECT " COLUMNS
                   " FROM screenshots WHERE machine = $1 AND machine_id = $2 AND state = $3"
                   " AND taken_at < $4 AND (taken_at > $5 OR (taken_at = $5 AND id > $6))"
                   " AND taken_at >= $5 AND taken_at + utc_offset_min * 60000000 >= $7"
                   " AND taken_at + utc_offset_min * 60000000 < $8 ORDER BY taken_at, id LIMIT $9",
                   {machine_key(machine_id), std::string(machine_id), value_of(ScreenshotState::stored),
                    to_micros(query.taken.end), to_micros(after), after_id, to_micros(query.local.start),
                    to_micros(query.local.end), static_cast<std::int64_t>(query.limit)});
}

Result<std::vector<ScreenshotRow>> every_screenshot(Database& database, std::string_view machine_id,
                                                    const std::optional<std::pair<Time, std::string>>& after,
                                                    std::size_t limit) {
  const auto& [from, from_id] = after.value_or(std::pair(Time::min(), std::string()));
  return read_rows(database,
                   "SELECT " COLUMNS
                   " FROM screenshots WHERE machine = $1 AND machine_id = $2 AND taken_at >= $3"
                   " AND (taken_at > $3 OR id > $4) ORDER BY taken_at, id LIMIT $5",
                   {machine_key(machine_id), std::string(machine_id), to_micros(from), from_id,
                    static_cast<std::int64_t>(limit)});
}

Result<std::vector<std::string>> machines_with_screenshots(Database& database) {
  std::vector<std::string> machines;
  const auto read = database.run("SELECT DISTINCT machine_id FROM screenshots ORDER BY machine_id", {},
                                 [&](const SqlRow& row) { machines.emplace_back(row.text(0)); });
  if (!read) return read.error();
  return machines;
}

Result<std::vector<ScreenshotRow>> old_screenshots(Database& database, Time before, std::size_t limit) {
  return read_rows(
      database, "SELECT " COLUMNS " FROM screenshots WHERE state = $1 AND since < $2 ORDER BY since LIMIT $3",
      {value_of(ScreenshotState::stored), to_micros(before), static_cast<std::int64_t>(limit)});
}

Result<std::vector<ScreenshotRow>> unsent_screenshots(Database& database, Time before, std::size_t limit) {
  return read_rows(database,
                   "SELECT " COLUMNS " FROM screenshots WHERE state = $1 AND announced_at < $2 LIMIT $3",
                   {value_of(ScreenshotState::wanted), to_micros(before), static_cast<std::int64_t>(limit)});
}

Result<std::vector<ScreenshotRow>> going_screenshots(Database& database, std::size_t limit) {
  return read_rows(database, "SELECT " COLUMNS " FROM screenshots WHERE state = $1 LIMIT $2",
                   {value_of(ScreenshotState::going), static_cast<std::int64_t>(limit)});
}

Result<bool> is_wanted(Database& database, std::int64_t machine, std::string_view id) {
  bool wanted = false;
  const auto read = database.run("SELECT 1 FROM screenshots WHERE machine = $1 AND id = $2 AND state = $3",
                                 {machine, std::string(id), value_of(ScreenshotState::wanted)},
                                 [&](const SqlRow&) { wanted = true; });
  if (!read) return read.error();
  return wanted;
}

Result<bool> begin_removal(Database& database, std::string_view machine_id, std::string_view id) {
  const auto changed = database.run(
      "UPDATE screenshots SET state = $4 WHERE machine = $1 AND id = $2 AND machine_id = $3 AND state = $5",
      {machine_key(machine_id), std::string(id), std::string(machine_id), value_of(ScreenshotState::going),
       value_of(ScreenshotState::stored)});
  if (!changed) return changed.error();
  return *changed == 1;
}

Result<void> forget_screenshot(Database& database, const Screenshot& shot) {
  const auto gone = database.run("DELETE FROM screenshots WHERE machine = $1 AND id = $2 AND machine_id = $3",
                                 {machine_key(shot.machine_id), shot.id, shot.machine_id});
  if (!gone) return gone.error();
  return {};
}

}  // namespace activitytrack::server
