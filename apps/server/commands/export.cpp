#include "commands/administration.hpp"
#include "server/maintenance/machine_export.hpp"

#include <cerrno>
#include <fstream>
#include <iostream>

namespace activitytrack::server {
namespace {

Result<void> write_to(Store& store, const std::string& machine_id, Time now, std::ostream& out,
                      const std::string& name) {
  auto written = export_machine(store, machine_id, now, [&](std::string_view line) { out << line; });
  if (!written) return written;
  if (!out.flush()) return system_error(name, errno);
  const auto entry = command_entry("export", machine_id, now);
  return write_audit(*store.database, std::span(&entry, 1));
}

}  // namespace

int export_machine(const Options& options) {
  const std::string& machine_id = options.arguments.at(0);
  return with_store(options, [&](Store& store, Time now) -> Result<void> {
    if (options.arguments.size() == 1) return write_to(store, machine_id, now, std::cout, "standard output");
    const std::string& file = options.arguments[1];
    std::ofstream out(file, std::ios::binary);
    if (!out) return system_error(file, errno);
    return write_to(store, machine_id, now, out, file);
  });
}

}  // namespace activitytrack::server
