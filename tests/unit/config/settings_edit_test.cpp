#include "config/settings_file.hpp"

#include "core/file.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include "temp_folder.hpp"

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace activitytrack;
using namespace activitytrack::test;

TEST_CASE("a setting of a YAML file is changed or added, and all else stays") {
  const SettingLine setting{"credential", "atm_x"};
  CHECK(with_setting("a.yaml", "", setting) == "credential: \"atm_x\"\n");
  CHECK(with_setting("a.yaml", "# mine\nmachine_id: a", setting) == "# mine\nmachine_id: a\ncredential: \"atm_x\"\n");
  CHECK(with_setting("a.yaml", "credential: old # why\nb: 1\n", setting) == "credential: \"atm_x\"\nb: 1\n");
  CHECK(with_setting("a.yaml", "\"credential\" : 'old'\n", setting) == "credential: \"atm_x\"\n");
  CHECK(with_setting("a.yaml", "credentials: 1\n#credential: 2\n", setting) ==
        "credentials: 1\n#credential: 2\ncredential: \"atm_x\"\n");
}

TEST_CASE("a setting of an INI file is changed or added in its section") {
  const SettingLine setting{"credential", "atm_x"};
  CHECK(with_setting("a.ini", "", setting) == "[settings]\ncredential = atm_x\n");
  CHECK(with_setting("a.ini", "[settings]\na=1\n", setting) == "[settings]\ncredential = atm_x\na=1\n");
  CHECK(with_setting("a.ini", "[settings]\na=1\ncredential=old\n[other]\ncredential=1\n", setting) ==
        "[settings]\na=1\ncredential = atm_x\n[other]\ncredential=1\n");
}

TEST_CASE("a file with a credential is only its owner's, also where it was not before") {
  const TempFolder folder;
  const std::string file = (folder.path / "new" / "config.yaml").string();
  REQUIRE(replace_private_file(file, "a: 1\n").has_value());
  REQUIRE(::chmod(file.c_str(), 0644) == 0);
  REQUIRE(replace_private_file(file, "b: 2\n").has_value());
  struct stat found {};
  REQUIRE(::stat(file.c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0600);
  REQUIRE(::stat((folder.path / "new").c_str(), &found) == 0);
  CHECK((found.st_mode & 0777) == 0700);
  std::ifstream in(file);
  CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == "b: 2\n");
  CHECK(replace_private_file("/proc/none/config.yaml", "").has_error());
}

TEST_CASE("a replacement takes its room before it is written, and leaves nothing behind where there is none") {
  const TempFolder folder;
  const std::string file = folder.write("config.yaml", "a: 1\n").string();
  const auto files = [&] {
    return std::distance(std::filesystem::directory_iterator(folder.path), std::filesystem::directory_iterator());
  };
  {
    auto replacement = FileReplacement::prepare(file, 100);
    REQUIRE(replacement.has_value());
    CHECK(read_file_start(file, 100).value() == "a: 1\n");
    REQUIRE(replacement->put("b: 2\n").has_value());
    CHECK(read_file_start(file, 100).value() == "b: 2\n");
  }
  { CHECK(FileReplacement::prepare(file, 100).has_value()); }
  CHECK(files() == 1);

  rlimit limits{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &limits) == 0);
  const rlimit small{512, limits.rlim_max};
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  CHECK(FileReplacement::prepare(file, 100).has_value());
  const auto refused = FileReplacement::prepare(file, 1000);
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &limits) == 0);
  std::signal(SIGXFSZ, handler);
  REQUIRE(!refused);
  CHECK(refused.error().message.find(file) != std::string::npos);
  CHECK(files() == 1);
}
