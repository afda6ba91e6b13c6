#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::server {

/// Of a data folder; held by the server as long as it runs.
constexpr std::string_view lock_file_name = "/server.lock";

/// A server that runs on this machine, as the lock of its data folder names it.
struct RunningServer {
  pid_t process = 0;
  std::string user{};      ///< whose process it is
  std::string data_dir{};  ///< "": not seen, as another user's or one with a capability that this process lacks
  std::string database{};  ///< the file; "" for PostgreSQL
};

/// The user's name, or their number if they have none.
std::string user_name(uid_t user);

/// What a server writes into its lock: the first line for people, the second for running_servers(). No URL of
/// PostgreSQL, which may hold a password.
std::string lock_text(const std::string& database_url);

/// The servers that run now, but this process. Servers in containers, whose folders cannot be reached from here, are
/// left out. Reads /proc, so there is nothing that a crash could leave behind.
std::vector<RunningServer> running_servers();

}  // namespace activitytrack::server
