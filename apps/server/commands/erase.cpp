#include "commands/administration.hpp"
#include "server/maintenance/erasure.hpp"
#include "server/serve/open_pictures.hpp"

#include <thread>

namespace activitytrack::server {
namespace {

/// So that a running server has its turn.
bool rest(bool worked) {
  if (worked) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return true;
}

}  // namespace

int erase_machine(const Options& options) {
  const std::string& machine_id = options.arguments.at(0);
  return with_database(options, [&](Database& database, Time now) -> Result<void> {
    const auto pictures = open_pictures_of_server(database, options.settings, system_clock(), null_log());
    if (!pictures) return pictures.error();
    Screenshots screenshots{database, *pictures->store, *pictures->uploads, system_clock()};
    const auto begun = audited(database, command_entry("erase", machine_id, now),
                               [&] { return begin_erasure(database, machine_id, now); });
    if (!begun) return begun;
    const auto finished = finish_erasure(database, screenshots, machine_id, rest);
    if (!finished) return finished.error();
    if (!*finished) program::print("what is still on its way is removed by the server, within an hour or so\n");
    return {};
  });
}

}  // namespace activitytrack::server
