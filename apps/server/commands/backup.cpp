#include "commands/administration.hpp"
#include "server/maintenance/sqlite_files.hpp"

namespace activitytrack::server {

int back_up_database(const Options& options) {
  const std::string& file = options.arguments.at(0);
  const auto database = sqlite_file(
      options, "use pg_dump --format=custom --file=" + file + " --dbname=URL, and pg_restore to put it back");
  if (!database) return complain(database.error(), exit_usage);
  if (auto written = back_up(*database, file); !written) return complain(written.error());
  return exit_done;
}

}  // namespace activitytrack::server
