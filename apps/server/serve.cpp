#include "administration.hpp"

#include "running_servers.hpp"
#include "server/serve/server.hpp"
#include "server/serve/storage.hpp"

namespace activitytrack::server {

int run_server(const Options& options) {
  const ServerSettings& settings = options.settings;
  const auto log = program::make_log(settings.log_level, settings.log_format);
  const auto data_dir = hold_data_dir(settings.data_dir, lock_text(settings.database));
  if (!data_dir) return complain_of_data_dir(data_dir.error());
  auto store = open_server_store(settings.database);
  if (!store) return complain(store.error());
  auto pictures = open_pictures(*store->database, settings, system_clock(), *log);
  if (!pictures) return complain(pictures.error());
  const auto read_again = [&]() -> Result<ServerSettings> {
    auto again = read_options(options.all);
    if (!again) return again.error();
    return std::move(again->settings);
  };
  const auto served = serve(settings, read_again, std::move(*store), std::move(*pictures), system_clock(), *log);
  if (served) return exit_done;
  return complain(served.error(), program::exit_code_of(served.error()));
}

}  // namespace activitytrack::server
