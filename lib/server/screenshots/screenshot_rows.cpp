#include "server/screenshots/screenshot_rows.hpp"

#include "server/database/database.hpp"
#include "server/events/event_row.hpp"

#include <activitytrack/core/clock.hpp>

namespace activitytrack::server {
namespace {

#define SCREENSHOT_COLUMNS                                                                              \
  "machine_id, id, taken_at, timezone, utc_offset_min, monitor, width, height, format, same_as, size, " \
  "sha256, state, announced_at, received_at"

ScreenshotRow read_screenshot(const SqlRow& row) {
  ScreenshotRow read;
  Screenshot& shot = read.shot;
  shot.machine_id = row.text(0);
  shot.id = row.text(1);
  shot.taken_at = row.time(2);
  shot.timezone = row.text(3);
  shot.utc_offset_min = static_cast<int>(row.integer(4));
  shot.monitor = row.text(5);
  shot.width = static_cast<int>(row.integer(6));
  shot.height = static_cast<int>(row.integer(7));
  shot.format = static_cast<Screenshot::Format>(row.integer(8));
  shot.same_as = row.text(9);
  shot.size = row.integer(10);
  shot.sha256 = row.text(11);
  read.state = static_cast<ScreenshotState>(row.integer(12));
  read.announced_at = row.time(13);
  read.received_at = row.time_if_any(14);
  return read;
}

/// Of up to $4 of those that are `which`. That is asked twice: another may be at the same rows.
Result<std::int64_t> begin_removals(Database& database, const std::string& which, const std::string& order,
                                    std::initializer_list<SqlValue> values) {
  return database.run("UPDATE screenshots SET state = $1, again_at = 0 WHERE " + which +
                          " AND (machine, id) IN (SELECT machine, id FROM screenshots WHERE " + which + order +
                          " LIMIT $4)",
                      values);
}

}  // namespace

Result<std::optional<ScreenshotRow>> find_screenshot(Database& database, std::string_view machine_id,
                                                     std::string_view id) {
  return select_one(database,
                    "SELECT " SCREENSHOT_COLUMNS " FROM screenshots WHERE machine = $1 AND id = $2 AND machine_id = $3",
                    {machine_key(machine_id), id, machine_id}, read_screenshot);
}

Result<std::vector<ScreenshotRow>> list_screenshots(Database& database, std::string_view machine_id,
                                                    const ScreenshotQuery& query) {
  const auto& [after, after_id] = query.after.value_or(std::pair(query.taken.start, std::string()));
  return select_all(database,
                    "SELECT " SCREENSHOT_COLUMNS
                    " FROM screenshots WHERE machine = $1 AND machine_id = $2 AND state = $3"
                    " AND taken_at < $4 AND (taken_at > $5 OR (taken_at = $5 AND id > $6))"
                    " AND taken_at >= $5 AND taken_at + utc_offset_min * 60000000 >= $7"
                    " AND taken_at + utc_offset_min * 60000000 < $8 ORDER BY taken_at, id LIMIT $9",
                    {machine_key(machine_id), machine_id, ScreenshotState::stored, query.taken.end, after, after_id,
                     query.local.start, query.local.end, query.limit},
                    read_screenshot);
}

Result<std::vector<ScreenshotRow>> every_screenshot(Database& database, std::string_view machine_id,
                                                    const std::optional<std::pair<Time, std::string>>& after,
                                                    std::size_t limit) {
  const auto& [from, from_id] = after.value_or(std::pair(Time::min(), std::string()));
  return select_all(database,
                    "SELECT " SCREENSHOT_COLUMNS
                    " FROM screenshots WHERE machine = $1 AND machine_id = $2 AND taken_at >= $3"
                    " AND (taken_at > $3 OR id > $4) ORDER BY taken_at, id LIMIT $5",
                    {machine_key(machine_id), machine_id, from, from_id, limit}, read_screenshot);
}

Result<void> each_screenshot(Database& database, std::string_view machine_id,
                             const std::function<void(const ScreenshotRow&)>& each) {
  constexpr std::size_t page = 1000;
  std::optional<std::pair<Time, std::string>> after;
  while (true) {
    const auto rows = every_screenshot(database, machine_id, after, page);
    if (!rows) return rows.error();
    for (const ScreenshotRow& row : *rows) each(row);
    if (rows->size() < page) return {};
    after.emplace(rows->back().shot.taken_at, rows->back().shot.id);
  }
}

Result<std::vector<std::string>> machines_with_screenshots(Database& database) {
  return select_texts(database, "SELECT DISTINCT machine_id FROM screenshots ORDER BY machine_id");
}

Result<std::vector<ScreenshotRow>> going_screenshots(Database& database, std::string_view machine_id, Time now,
                                                     std::size_t limit) {
  // Two texts: no index serves a condition that may be any machine's.
  const std::string of_all = "SELECT " SCREENSHOT_COLUMNS " FROM screenshots WHERE state = $1 AND again_at <= $2";
  if (machine_id.empty())
    return select_all(database, of_all + " LIMIT $3", {ScreenshotState::going, now, limit}, read_screenshot);
  return select_all(database, of_all + " AND machine = $4 AND machine_id = $5 LIMIT $3",
                    {ScreenshotState::going, now, limit, machine_key(machine_id), machine_id}, read_screenshot);
}

Result<bool> is_wanted(Database& database, std::int64_t machine, std::string_view id) {
  return database.finds("SELECT 1 FROM screenshots WHERE machine = $1 AND id = $2 AND state = $3",
                        {machine, id, ScreenshotState::wanted});
}

Result<bool> begin_removal(Database& database, std::string_view machine_id, std::string_view id) {
  return database.changes_one(
      "UPDATE screenshots SET state = $4 WHERE machine = $1 AND id = $2 AND machine_id = $3 AND state = $5",
      {machine_key(machine_id), id, machine_id, ScreenshotState::going, ScreenshotState::stored});
}

Result<std::int64_t> begin_removal_of_old(Database& database, Time before, std::size_t limit) {
  return begin_removals(database, "state = $2 AND since < $3", " ORDER BY since",
                        {ScreenshotState::going, ScreenshotState::stored, before, limit});
}

Result<std::int64_t> begin_removal_of_unsent(Database& database, Time before, std::size_t limit) {
  return begin_removals(database, "state = $2 AND announced_at < $3", "",
                        {ScreenshotState::going, ScreenshotState::wanted, before, limit});
}

Result<std::int64_t> begin_removal_of_all(Database& database, std::string_view machine_id, std::size_t limit) {
  return begin_removals(database, "machine = $2 AND machine_id = $3 AND state <> $1", "",
                        {ScreenshotState::going, machine_key(machine_id), machine_id, limit});
}

Result<bool> begin_removal_of_stray(Database& database, const Screenshot& shot, Time again_at) {
  return database.changes_one(
      "INSERT INTO screenshots(machine, id, machine_id, taken_at, timezone, utc_offset_min, monitor, width, height,"
      " format, same_as, size, sha256, state, announced_at, since)"
      " VALUES($1, $2, $3, $4, '', 0, '', 0, 0, $5, '', $6, $7, $8, 0, 0)"
      " ON CONFLICT(machine, id) DO UPDATE SET again_at = $9 WHERE screenshots.state = excluded.state",
      {machine_key(shot.machine_id), shot.id, shot.machine_id, shot.taken_at, shot.format, shot.size, shot.sha256,
       ScreenshotState::going, again_at});
}

Result<std::optional<Time>> claim_removal(Database& database, const Screenshot& shot, Time now, Time until) {
  return select_one(
      database,
      "UPDATE screenshots SET again_at = $1 WHERE machine = $2 AND id = $3 AND machine_id = $4 AND state = $5"
      " AND again_at <= $6 RETURNING announced_at",
      {until, machine_key(shot.machine_id), shot.id, shot.machine_id, ScreenshotState::going, now},
      [](const SqlRow& row) { return row.time(0); });
}

Result<void> end_removal(Database& database, const Screenshot& shot, Time claimed, std::optional<Time> again_at) {
  const auto key = machine_key(shot.machine_id);
  if (again_at) {
    return database.execute(
        "UPDATE screenshots SET again_at = $1 WHERE machine = $2 AND id = $3 AND state = $4 AND again_at = $5",
        {*again_at, key, shot.id, ScreenshotState::going, claimed});
  }
  return database.transact([&]() -> Result<void> {
    const auto counted = select_number(
        database,
        "DELETE FROM screenshots WHERE machine = $1 AND id = $2 AND state = $3 AND again_at = $4 RETURNING counted",
        {key, shot.id, ScreenshotState::going, claimed});
    if (!counted) return counted.error();
    return *counted == 0 ? Result<void>() : add_to_screenshot_total(database, key, -*counted);
  });
}

Result<std::int64_t> screenshot_total(Database& database, std::int64_t machine) {
  return select_number(database, "SELECT bytes FROM screenshot_totals WHERE machine = $1", {machine});
}

Result<void> add_to_screenshot_total(Database& database, std::int64_t machine, std::int64_t bytes) {
  const auto added = database.execute(
      "INSERT INTO screenshot_totals(machine, bytes) VALUES($1, $2)"
      " ON CONFLICT(machine) DO UPDATE SET bytes = screenshot_totals.bytes + excluded.bytes",
      {machine, bytes});
  if (!added || bytes > 0) return added;
  return database.execute("DELETE FROM screenshot_totals WHERE machine = $1 AND bytes <= 0", {machine});
}

std::string screenshot_json(const ScreenshotRow& row) {
  std::string json = encode_screenshot(row.shot);
  if (!row.received_at) return json;
  json.pop_back();
  return json + R"(,"received_at":")" + format_timestamp(*row.received_at) + "\"}";
}

}  // namespace activitytrack::server
