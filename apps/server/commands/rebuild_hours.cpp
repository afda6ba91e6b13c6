#include "commands/administration.hpp"
#include "server/maintenance/hours_rebuild.hpp"

namespace activitytrack::server {

int rebuild_hours(const Options& options) {
  return with_database(options, [&](Database& database, Time) -> Result<void> {
    const auto rebuild = [&](const std::string& machine_id) { return rebuild_hours(database, machine_id); };
    if (options.arguments.empty()) return each_machine(database, rebuild);
    for (const std::string& machine_id : options.arguments) {
      if (auto rebuilt = rebuild(machine_id); !rebuilt) return rebuilt;
    }
    return {};
  });
}

}  // namespace activitytrack::server
