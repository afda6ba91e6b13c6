#include "administration.hpp"
#include "commands.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "print_error.hpp"
#include "temp_folder.hpp"

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

/// A home of the test's own.
struct Home {
  TempFolder folder;
  ScopedEnv home{"HOME", folder.path.c_str()};
  ScopedEnv config{"XDG_CONFIG_HOME", nullptr};
  ScopedEnv data{"XDG_DATA_HOME", nullptr};
};

}  // namespace

TEST_CASE_FIXTURE(Home, "defaults are loopback and the data folder's database") {
  const auto settings = read_options({}).value().settings;
  CHECK(settings.listen == std::vector<std::string>{"127.0.0.1:8100"});
  CHECK(settings.data_dir == default_data_dir());
  CHECK(settings.database == "sqlite:" + settings.data_dir + "/server.db");
}

TEST_CASE_FIXTURE(Home, "the command line wins over the environment, the environment over the file") {
  const auto file = folder.write("server.yaml", "max_connections: 1\nidle_timeout_sec: 1\nbody_timeout_sec: 1\n");
  const ScopedEnv two("ACTIVITYTRACK_MAX_CONNECTIONS", "2"), also("ACTIVITYTRACK_IDLE_TIMEOUT_SEC", "2");
  const auto options = read_options({"serve", "--config", file, "--max-connections", "3"});
  const auto settings = options.value().settings;
  CHECK(settings.max_connections == 3);
  CHECK(settings.idle_timeout_sec == 2);
  CHECK(settings.body_timeout_sec == 1);
}

TEST_CASE_FIXTURE(Home, "the file is found in its place") {
  folder.write(".config/activity-tracker/server.yaml", "listen: [\"127.0.0.1:1\", \"[::1]:2\"]\n");
  CHECK(read_options({}).value().settings.listen == std::vector<std::string>{"127.0.0.1:1", "[::1]:2"});
}

TEST_CASE_FIXTURE(Home, "wrong usage is refused with the reason") {
  const std::pair<std::vector<std::string>, const char*> wrong[] = {
      {{"--listen", "0.0.0.0:8100"}, "0.0.0.0:8100"},
      {{"--listen", "[::]:8100"}, "tls_cert"},
      {{"--listen", "0.0.0.0:8100", "--insecure-listen", "yes", "--auth", "none"}, "auth: none"},
      {{"--trusted-proxy", "127.0.0.1", "--auth", "none"}, "trusted_proxy lets through"},
      {{"--auth", "some"}, "required or none"},
      {{"--data-dir", ""}, "data_dir: is empty"},
      {{"--database", ""}, "database: is empty"},
      {{"--screenshots", ""}, "screenshots: is empty"},
      {{"--listen", ""}, "at least one address"},
      {{"--hours-retention-days", "3"}, "retention_days (0, for ever)"},
      {{"--listen", "8100"}, "not an address"},
      {{"--listen", "127.0.0.1:1", "--listen", "10.0.0.1:1"}, "10.0.0.1:1"},
      {{"--database", "mysql://x"}, "sqlite:PATH"},
      {{"--max-body-mib", "0"}, "max_body_mib"},
      {{"--log-level", "loud"}, "log_level"},
      {{"--lissten", "x"}, "--lissten"},
      {{"--list", "127.0.0.1:1"}, "--list"},
      {{"--listen"}, "--listen"},
      {{"bake"}, "serve"},
      {{"serve", "more"}, "--help"},
      {{"user"}, "user add"},
      {{"user", "add"}, "needs NAME"},
      {{"user", "remove", "ann", "bob"}, "'bob'"},
      {{"user", "list", "--uses", "3"}, "--uses is not for the command user list"},
      {{"--config", "/no/such/file.yaml"}, "/no/such/file.yaml"},
  };
  for (const auto& [arguments, part] : wrong) {
    CAPTURE(part);
    const auto options = read_options(arguments);
    REQUIRE(options.has_error());
    CHECK(options.error().message.find(part) != std::string::npos);
  }
}

TEST_CASE_FIXTURE(Home, "help names every setting, version the version") {
  const auto help = read_options({"--help"}).value().answer;
  for (const auto& row : server_settings_table()) CHECK(help.find("--" + option_name(row.key)) != std::string::npos);
  CHECK(read_options({"--version"}).value().answer.starts_with("activitytrack-server "));
}

TEST_CASE("a data folder is made for its owner alone, and held by one server") {
  const TempFolder folder;
  const auto path = (folder.path / "a" / "b").string();
  {
    const auto held = hold_data_dir(path, std::to_string(::getpid()));
    REQUIRE(held.has_value());
    struct stat found {};
    REQUIRE(::stat(path.c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0700);
    const auto second = hold_data_dir(path, std::to_string(::getpid()));
    REQUIRE(second.has_error());
    CHECK(second.error().code == ErrorCode::busy);
    CHECK(second.error().message.find(std::to_string(::getpid())) != std::string::npos);
  }
  CHECK(hold_data_dir(path, std::to_string(::getpid())).has_value());
  CHECK(hold_data_dir("/proc/none/here", "").has_error());
  const auto file = folder.write("file", "").string();
  CHECK(hold_data_dir(file, "").error().message ==
        "data folder " + file + ": is not a folder; give another --data-dir");
}
