#include "running_servers.hpp"

#include "commands.hpp"
#include "core/file.hpp"
#include "core/text.hpp"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <optional>

namespace activitytrack::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kept_of_name = 15;  // by the kernel, in /proc/PID/comm
constexpr std::size_t max_bytes = 8192;

std::string read_or_nothing(const std::string& file) { return read_file_start(file, max_bytes).value_or(""); }

/// Whether the command line is one of `serve`; anyone may read it.
bool serves(const std::string& process) {
  const std::string line = read_or_nothing(process + "/cmdline");
  const auto begin = line.find('\0');
  const std::string_view first = begin == std::string::npos
                                     ? std::string_view()
                                     : std::string_view(line).substr(begin + 1, line.find('\0', begin + 1) - begin - 1);
  return first.empty() || first == "serve" || first.starts_with('-');
}

/// Whether its open files can be listed, and their names read: not those of another user, nor of a process that has a
/// capability which this one lacks.
bool is_seen(const std::string& process) {
  std::error_code failed;
  (void)fs::read_symlink(process + "/exe", failed);
  return !failed && ::access((process + "/fd").c_str(), R_OK) == 0;
}

/// The path behind an open file, if it leads to that file from here too.
std::optional<std::string> path_of(const fs::path& descriptor) {
  std::error_code failed;
  const fs::path path = fs::read_symlink(descriptor, failed);
  if (failed || !fs::equivalent(descriptor, path, failed)) return std::nullopt;
  return path.string();
}

/// Fills in what the lock says, if one of the open files is a server's.
bool read_lock(const std::string& process, RunningServer& server) {
  std::error_code failed;
  for (auto file = fs::directory_iterator(process + "/fd", failed); !failed && file != fs::directory_iterator();
       file.increment(failed)) {
    const auto path = path_of(file->path());
    if (!path || !path->ends_with(lock_file_name)) continue;
    const std::string text = read_or_nothing(*path);
    std::string_view rest = text;
    take_line(rest);
    const std::string url(take_line(rest));
    if (url.empty()) continue;  // of a command that holds the folder for a moment
    server.data_dir = path->substr(0, path->size() - lock_file_name.size());
    server.database = sqlite_path(url).value_or("");
    return true;
  }
  return false;
}

/// The server that the process of /proc is, if it is one.
std::optional<RunningServer> server_of(const fs::path& entry) {
  const std::string process = entry.string();
  const auto id = parse_number<pid_t>(entry.filename().string());
  if (!id || *id == ::getpid()) return std::nullopt;
  if (read_or_nothing(process + "/comm") != std::string(program_name.substr(0, kept_of_name)) + "\n")
    return std::nullopt;
  struct stat owner {};
  if (::stat(process.c_str(), &owner) != 0) return std::nullopt;
  RunningServer server{.process = *id, .user = user_name(owner.st_uid)};
  if (is_seen(process) ? read_lock(process, server) : serves(process)) return server;
  return std::nullopt;
}

}  // namespace

std::string user_name(uid_t user) {
  const passwd* entry = ::getpwuid(user);
  return entry ? entry->pw_name : std::to_string(user);
}

std::string lock_text(const std::string& database_url) {
  const auto file = sqlite_path(database_url);
  return std::to_string(::getpid()) + "\n" + (file ? "sqlite:" + absolute_path(*file) : "postgresql:") + "\n";
}

std::vector<RunningServer> running_servers() {
  std::vector<RunningServer> servers;
  std::error_code failed;
  for (auto entry = fs::directory_iterator("/proc", failed); !failed && entry != fs::directory_iterator();
       entry.increment(failed)) {
    if (auto server = server_of(entry->path())) servers.push_back(std::move(*server));
  }
  return servers;
}

}  // namespace activitytrack::server
