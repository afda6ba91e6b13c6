#include "server/maintenance/check.hpp"

#include "server/database/database.hpp"
#include "server/database/schema.hpp"
#include "server/maintenance/hours_rebuild.hpp"
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
    if (row.shot.format == ScreenshotFormat::none) return;
    auto& into = row.state == ScreenshotState::stored ? expected.stored : expected.other;
    into.emplace(screenshot_path(row.shot), row.shot.size);
  });
  if (!read) return read.error();
  return expected;
}

/// Goes along what the store has, a machine at a time.
class Comparison {
 public:
  Comparison(Database& database, PicturesCheck& check) : database_(database), check_(check) {}

  Result<void> begin() {
    const auto machines = machines_with_screenshots(database_);
    if (!machines) return machines.error();
    for (const std::string& id : *machines) machines_.emplace(path_segment(id), id);
    return {};
  }

  Result<void> found(const std::string& path, std::int64_t size) {
    if (auto turned = turn_to(path.substr(0, path.find('/'))); !turned) return turned;
    const auto known = expected_.stored.find(path);
    if (known != expected_.stored.end()) {
      if (known->second != size) check_.damaged.push_back(path);
      expected_.stored.erase(known);
    } else if (!expected_.other.contains(path)) {
      check_.unknown.push_back(path);
    }
    return {};
  }

  /// What was expected of machines of which nothing was found.
  Result<void> end() {
    while (!machines_.empty()) {
      if (auto turned = turn_to(std::string(machines_.begin()->first)); !turned) return turned;
    }
    return turn_to("");
  }

 private:
  Result<void> turn_to(const std::string& segment) {
    if (segment == segment_) return {};
    for (const auto& [path, size] : expected_.stored) check_.missing.push_back(path);
    expected_ = {};
    segment_ = segment;
    const auto machine = machines_.find(segment);
    if (machine == machines_.end()) return {};
    auto expected = expect(database_, machine->second);
    if (!expected) return expected.error();
    expected_ = std::move(*expected);
    check_.pictures += static_cast<std::int64_t>(expected_.stored.size());
    machines_.erase(machine);
    return {};
  }

  Database& database_;
  PicturesCheck& check_;
  std::map<std::string, std::string> machines_;  ///< not looked at yet, by their part of a path
  std::string segment_;
  Expected expected_;
};

Result<PicturesCheck> check_once(Database& database, PictureStore& pictures) {
  PicturesCheck check;
  Comparison comparison(database, check);
  if (auto begun = comparison.begin(); !begun) return begun.error();
  const auto listed =
      pictures.list("", [&](const std::string& path, std::int64_t size) { return comparison.found(path, size); });
  if (!listed) return listed.error();
  if (auto ended = comparison.end(); !ended) return ended.error();
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

}  // namespace activitytrack::server
