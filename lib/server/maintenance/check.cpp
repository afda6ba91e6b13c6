#include "server/maintenance/check.hpp"

#include "server/database/database.hpp"
#include "server/events/event_row.hpp"
#include "server/events/hours.hpp"
#include "server/maintenance/retention.hpp"
#include "server/maintenance/sqlite_files.hpp"
#include "server/screenshots/picture_store.hpp"
#include "server/screenshots/screenshot_rows.hpp"

#include <algorithm>
#include <map>

namespace activitytrack::server {
namespace {

/// Of each kind of fault, how many are listed by name.
constexpr std::size_t max_paths = 100;

/// A machine's pictures by their paths, each until it is found.
struct Expected {
  std::map<std::string, std::int64_t> stored{};  ///< with its size
  std::map<std::string, std::int64_t> other{};   ///< that may be there or not
};

Result<Expected> expect(Database& database, const std::string& machine_id) {
  Expected expected;
  const auto read = each_screenshot(database, machine_id, [&](const ScreenshotRow& row) {
    if (row.shot.format == Screenshot::Format::none) return;
    auto& into = row.state == ScreenshotState::stored ? expected.stored : expected.other;
    into.emplace(screenshot_path(row.shot), row.shot.size);
  });
  if (!read) return read.error();
  return expected;
}

/// Goes along what the store has, a machine at a time.
Result<PicturesCheck> check_once(Database& database, PictureStore& pictures) {
  const auto ids = machines_with_screenshots(database);
  if (!ids) return ids.error();
  std::map<std::string, std::string> machines;  // not looked at yet, by their part of a path
  for (const std::string& id : *ids) machines.emplace(path_segment(id), id);
  PicturesCheck check;
  std::string segment;
  Expected expected;
  const auto turn_to = [&](const std::string& next) -> Result<void> {
    if (next == segment) return {};
    for (const auto& [path, size] : expected.stored) check.missing.push_back(path);
    expected = {};
    segment = next;
    const auto machine = machines.extract(next);
    if (machine.empty()) return {};
    auto found = expect(database, machine.mapped());
    if (!found) return found.error();
    expected = std::move(*found);
    check.pictures += static_cast<std::int64_t>(expected.stored.size());
    return {};
  };
  const auto listed = pictures.list("", [&](const std::string& path, std::int64_t size) -> Result<void> {
    if (auto turned = turn_to(path.substr(0, path.find('/'))); !turned) return turned;
    const auto known = expected.stored.extract(path);
    if (known.empty() && !expected.other.contains(path)) check.unknown.push_back(path);
    if (!known.empty() && known.mapped() != size) check.damaged.push_back(path);
    return {};
  });
  if (!listed) return listed.error();
  while (!machines.empty()) {  // what was expected of machines of which nothing was found
    if (auto turned = turn_to(std::string(machines.begin()->first)); !turned) return turned.error();
  }
  if (auto turned = turn_to(""); !turned) return turned.error();
  return check;
}

void keep_common(std::vector<std::string>& paths, const std::vector<std::string>& others) {
  std::erase_if(paths, [&](const std::string& path) { return std::ranges::find(others, path) == others.end(); });
}

Result<void> add_hours_check(Database& database, Findings& findings) {
  std::int64_t hours = 0, different = 0;
  const auto compared = each_machine(database, [&](const std::string& machine_id) -> Result<void> {
    const auto found = compare_hours(database, machine_id);
    if (!found) return found.error();
    hours += found->hours;
    different += found->different;
    if (found->different == 0) return {};
    findings.add("hours of " + machine_id,
                 std::to_string(found->different) + " differ from the events; run activitytrack-server rebuild-hours");
    return {};
  });
  if (!compared) return compared;
  findings.add("hours", std::to_string(hours) + (different == 0 ? " ok" : ", of which some are wrong"));
  findings.damaged |= different > 0;
  return {};
}

/// The first of them by name, and how many more there are.
void add_paths(Findings& findings, const std::string& what, const std::vector<std::string>& paths) {
  for (std::size_t i = 0; i < std::min(paths.size(), max_paths); ++i) findings.add("pictures", paths[i] + what);
  if (paths.size() > max_paths) findings.add("pictures", std::to_string(paths.size() - max_paths) + " more" + what);
}

/// Ingest touches the machine's row first, so that it waits for us, or we for it.
Result<void> lock_machine(Database& database, std::int64_t machine) {
  return database.execute("UPDATE machines SET last_seen = last_seen WHERE id = $1", {machine});
}

/// Of hours that begin at `from` or later: all of whose events are there.
Result<Hours> hours_of_events(Database& database, std::int64_t machine, std::string_view machine_id, Time from) {
  static const std::string sql =
      "SELECT " + stored_column_list() + " FROM events WHERE machine = $1 AND timestamp >= $2 ORDER BY timestamp";
  Hours hours;
  const auto read = database.run(sql, {machine, from}, [&](const SqlRow& row) {
    const Event event = read_event(row, machine_id);
    const HourKey key = hour_of(event);
    if (key.start >= from) hours[key].add(event);
  });
  if (!read) return read.error();
  return hours;
}

Result<void> replace_hours(Database& database, std::int64_t machine, Time from, const Hours& hours) {
  auto done = database.execute("DELETE FROM hours WHERE machine = $1 AND start >= $2", {machine, from});
  for (auto at = hours.begin(); done && at != hours.end(); ++at) {
    const auto& [key, hour] = *at;
    done = database.execute("INSERT INTO hours(machine, start, offset_min, totals) VALUES($1, $2, $3, $4)",
                            {machine, key.start, key.offset_min, Bytes{pack_hour(hour)}});
  }
  return done;
}

}  // namespace

Result<PicturesCheck> check_pictures(Database& database, PictureStore& pictures) {
  auto check = check_once(database, pictures);
  if (!check || check->is_good()) return check;
  // A server may run beside: what is amiss is so a second time.
  const auto again = check_once(database, pictures);
  if (!again) return again;
  keep_common(check->missing, again->missing);
  keep_common(check->damaged, again->damaged);
  keep_common(check->unknown, again->unknown);
  return check;
}

Result<void> add_file_check(const std::string& path, Findings& findings) {
  const auto damage = find_damage(path);
  if (!damage) return damage.error();
  for (const std::string& line : *damage) findings.add("file", line);
  if (damage->empty()) findings.add("file", "ok");
  findings.damaged |= !damage->empty();
  return {};
}

Result<void> add_tables_check(Database& database, Findings& findings) {
  findings.add("schema", "version " + std::to_string(schema_version));
  for (const std::string table : {"machines", "events"}) {
    const auto rows = select_number(database, "SELECT count(*) FROM " + table);
    if (!rows) return rows.error();
    findings.add(table, std::to_string(*rows));
  }
  return add_hours_check(database, findings);
}

Result<void> add_pictures_check(Database& database, PictureStore& pictures, Findings& findings) {
  const auto found = check_pictures(database, pictures);
  if (!found) return found.error();
  add_paths(findings, " is missing", found->missing);
  add_paths(findings, " is damaged", found->damaged);
  add_paths(findings, " is not known, and could be removed", found->unknown);
  findings.add("pictures", std::to_string(found->pictures) + (found->is_good() ? " ok" : ", see above"));
  findings.damaged |= !found->missing.empty() || !found->damaged.empty();
  return {};
}

Result<void> rebuild_hours(Database& database, std::string_view machine_id, std::optional<Time> from) {
  const auto machine = machine_key(machine_id);
  return database.transact([&]() -> Result<void> {
    if (auto locked = lock_machine(database, machine); !locked) return locked;
    const auto first = from ? Result<Time>(*from) : events_kept_from(database);
    if (!first) return first.error();
    const auto hours = hours_of_events(database, machine, machine_id, *first);
    if (!hours) return hours.error();
    return replace_hours(database, machine, *first, *hours);
  });
}

Result<HoursCheck> compare_hours(Database& database, std::string_view machine_id) {
  const auto machine = machine_key(machine_id);
  return transact(database, [&]() -> Result<HoursCheck> {
    HoursCheck check;
    if (auto locked = lock_machine(database, machine); !locked) return locked.error();
    const auto from = events_kept_from(database);
    if (!from) return from.error();
    auto expected = hours_of_events(database, machine, machine_id, *from);
    if (!expected) return expected.error();
    const auto each = [&](const SqlRow& row) {
      const HourKey key{row.time(0), static_cast<int>(row.integer(1))};
      const auto found = expected->find(key);
      ++check.hours;
      if (found == expected->end() || !same_hour(found->second, row.text(2))) ++check.different;
      if (found != expected->end()) expected->erase(found);
    };
    const auto read = database.run("SELECT start, offset_min, totals FROM hours WHERE machine = $1 AND start >= $2",
                                   {machine, *from}, each);
    if (!read) return read.error();
    check.different += static_cast<std::int64_t>(expected->size());
    return check;
  });
}

Result<void> rebuild_hours_if_asked(Database& database) {
  const auto asked = database.finds("SELECT 1 FROM server_state WHERE name = 'hours_to_rebuild'", {});
  if (!asked) return asked.error();
  if (!*asked) return {};
  const auto rebuild = [&](const std::string& machine) { return rebuild_hours(database, machine); };
  if (auto rebuilt = each_machine(database, rebuild); !rebuilt) return rebuilt;
  return database.execute("DELETE FROM server_state WHERE name = 'hours_to_rebuild'");
}

Result<void> each_machine(Database& database, const std::function<Result<void>(const std::string& id)>& each) {
  constexpr std::int64_t page = 1000;
  for (std::string after;;) {
    const auto ids = select_texts(
        database, "SELECT machine_id FROM machines WHERE machine_id > $1 ORDER BY machine_id LIMIT $2", {after, page});
    if (!ids) return ids.error();
    if (ids->empty()) return {};
    for (const std::string& id : *ids) {
      if (auto done = each(id); !done) return done;
    }
    after = ids->back();
  }
}

}  // namespace activitytrack::server
