#include "commands/administration.hpp"
#include "server/database/schema.hpp"
#include "server/maintenance/hours_rebuild.hpp"
#include "server/maintenance/pictures.hpp"
#include "server/maintenance/sqlite_files.hpp"
#include "server/serve/open_pictures.hpp"

#include <algorithm>

namespace activitytrack::server {
namespace {

/// Of each kind of fault, how many are told by name.
constexpr std::size_t max_paths = 100;

/// What was found, as it goes to standard output.
struct Findings {
  std::vector<std::vector<std::string>> rows;
  bool damaged = false;

  void add(std::string what, std::string found) { rows.push_back({std::move(what), std::move(found)}); }
};

Result<void> check_file(const std::string& path, Findings& findings) {
  const auto damage = find_damage(path);
  if (!damage) return damage.error();
  for (const std::string& line : *damage) findings.add("file", line);
  if (damage->empty()) findings.add("file", "ok");
  findings.damaged |= !damage->empty();
  return {};
}

Result<std::int64_t> count_rows(Database& database, std::string_view sql) {
  std::int64_t count = 0;
  const auto read = database.run(sql, {}, [&](const SqlRow& row) { count = row.integer(0); });
  if (!read) return read.error();
  return count;
}

Result<void> check_hours(Database& database, Findings& findings) {
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

Result<void> check_screenshots(Database& database, const Options& options, Findings& findings) {
  const auto pictures = open_pictures_of_server(database, options.settings, system_clock(), null_log());
  if (!pictures) return pictures.error();
  const auto found = check_pictures(database, *pictures->store);
  if (!found) return found.error();
  add_paths(findings, " is missing", found->missing);
  add_paths(findings, " is damaged", found->damaged);
  add_paths(findings, " is not known, and could be removed", found->unknown);
  findings.add("pictures", std::to_string(found->pictures) + (found->is_good() ? " ok" : ", see above"));
  findings.damaged |= !found->missing.empty() || !found->damaged.empty();
  return {};
}

Result<void> check_tables(Database& database, const Options& options, Findings& findings) {
  findings.add("schema", "version " + std::to_string(schema_version));
  const auto machines = count_rows(database, "SELECT count(*) FROM machines");
  if (!machines) return machines.error();
  findings.add("machines", std::to_string(*machines));
  const auto events = count_rows(database, "SELECT count(*) FROM events");
  if (!events) return events.error();
  findings.add("events", std::to_string(*events));
  if (auto checked = check_hours(database, findings); !checked) return checked;
  return check_screenshots(database, options, findings);
}

}  // namespace

int check_database(const Options& options) {
  Findings findings;
  if (const auto file = sqlite_file(options, ""); file) {
    if (auto checked = check_file(*file, findings); !checked) return complain(checked.error());
  }
  int ended = exit_done;
  if (!findings.damaged) {
    ended = with_database(options, [&](Database& database, Time) { return check_tables(database, options, findings); });
  }
  program::print(format_table(findings.rows));
  return findings.damaged ? static_cast<int>(exit_failed) : ended;
}

}  // namespace activitytrack::server
