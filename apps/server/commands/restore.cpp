#include "commands/administration.hpp"
#include "data_dir.hpp"
#include "server/maintenance/sqlite_files.hpp"

namespace activitytrack::server {

int restore_database(const Options& options) {
  const std::string& file = options.arguments.at(0);
  const auto database = sqlite_file(options, "use pg_restore --clean --dbname=URL " + file);
  if (!database) return complain(database.error(), exit_usage);
  const auto data_dir = DataDir::open(options.settings.data_dir);
  if (!data_dir) {
    const bool is_held = data_dir.error().code == ErrorCode::busy;
    return complain(data_dir.error(), is_held ? exit_other_instance : exit_failed);
  }
  const auto aside = restore(*database, file);
  if (!aside) return complain(aside.error());
  if (!aside->empty()) program::print("the database that was there is " + *aside + "\n");
  return exit_done;
}

}  // namespace activitytrack::server
