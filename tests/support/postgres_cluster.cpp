#include "postgres_cluster.hpp"

#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace activitytrack::test {
namespace {

namespace fs = std::filesystem;

/// Debian keeps them out of PATH, by version.
fs::path program_folder() {
  std::error_code ignored;
  fs::path newest;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    const auto folder = version.path() / "bin";
    if (fs::exists(folder / "initdb", ignored) && folder > newest) newest = folder;
  }
  return newest;
}

const passwd* user() { return ::geteuid() == 0 ? ::getpwnam("postgres") : ::getpwuid(::geteuid()); }

pid_t start(const std::vector<std::string>& command, const fs::path& log) {
  const passwd* who = user();
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child > 0) return child;
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  const bool changed =
      ::geteuid() != 0 || (::setgroups(0, nullptr) == 0 && ::setgid(who->pw_gid) == 0 && ::setuid(who->pw_uid) == 0);
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  if (changed) ::execv(arguments.front(), arguments.data());
  ::_exit(127);
}

int wait_for_end(pid_t child) {
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

std::string url_of(const fs::path& folder, const std::string& database) {
  return "postgresql://postgres@/" + database + "?host=" + folder.string();
}

using Session = std::unique_ptr<PGconn, void (*)(PGconn*)>;

}  // namespace

std::string PostgresCluster::missing() {
  if (std::getenv("ACTIVITYTRACK_TEST_WITHOUT_SERVERS")) return "PostgreSQL is left out (--without-servers)";
  if (program_folder().empty()) return "PostgreSQL is not installed: apt-get install postgresql";
  return user() ? "" : "there is no user postgres, and PostgreSQL refuses root";
}

PostgresCluster& PostgresCluster::shared() {
  static PostgresCluster cluster;
  return cluster;
}

PostgresCluster::PostgresCluster() {
  if (const auto why = missing(); !why.empty()) throw std::runtime_error(why);
  if (::chown(folder_.path.c_str(), user()->pw_uid, user()->pw_gid) != 0) throw std::runtime_error("cannot chown");
  const auto data = (folder_.path / "data").string();
  const std::vector<std::string> make{program_folder() / "initdb",
                                      "-D",
                                      data,
                                      "-U",
                                      "postgres",
                                      "-A",
                                      "trust",
                                      "-E",
                                      "UTF8",
                                      "--locale=C",
                                      "--no-sync"};
  if (wait_for_end(test::start(make, folder_.path / "log")) != 0) throw std::runtime_error("initdb failed");
  launch();
}

PostgresCluster::~PostgresCluster() {
  if (!postmaster_) return;
  ::kill(postmaster_, SIGINT);  // a fast shutdown
  wait_for_end(postmaster_);
}

void PostgresCluster::launch() {
  using namespace std::chrono_literals;
  const auto data = (folder_.path / "data").string();
  postmaster_ = test::start({program_folder() / "postgres", "-D", data, "-c", "listen_addresses=", "-c",
                             "unix_socket_directories=" + folder_.path.string()},
                            folder_.path / "log");
  const auto url = url_of(folder_.path, "postgres");
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (PQping(url.c_str()) != PQPING_OK) {
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("PostgreSQL does not start");
    std::this_thread::sleep_for(20ms);
  }
}

void PostgresCluster::crash() {
  ::kill(postmaster_, SIGQUIT);  // its children end at once; what is not in the log on disk is lost
  wait_for_end(postmaster_);
  postmaster_ = 0;
}

void PostgresCluster::start() { launch(); }

std::string PostgresCluster::new_database() {
  const std::string name = "test_" + std::to_string(++databases_);
  query(url_of(folder_.path, "postgres"), "CREATE DATABASE " + name);
  return url_of(folder_.path, name);
}

std::string PostgresCluster::query(const std::string& url, const std::string& sql) {
  const Session session(PQconnectdb(url.c_str()), PQfinish);
  const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(session.get(), sql.c_str()), PQclear);
  const auto status = PQresultStatus(result.get());
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    throw std::runtime_error(sql + ": " + PQerrorMessage(session.get()));
  }
  return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
}

}  // namespace activitytrack::test
