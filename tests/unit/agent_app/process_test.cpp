#include "process.hpp"

#include <doctest/doctest.h>

#include "temp_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

using namespace activitytrack;
using activitytrack::agent_app::lock_buffer;

namespace {

const Time noon{std::chrono::sys_days(std::chrono::January / 15 / 2024) + std::chrono::hours(12)};

std::string content(const std::filesystem::path& path) {
  std::string line;
  std::getline(std::ifstream(path), line);
  return line;
}

}  // namespace

TEST_CASE("a lock is held by one, who is named to the next") {
  test::TempFolder folder;
  auto path = folder.path / "b.lock";
  {
    auto lock = lock_buffer(path, noon);
    REQUIRE(lock.has_value());
    CHECK(content(path) == std::to_string(::getpid()) + " since 2024-01-15T12:00:00Z");
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);

    auto second = lock_buffer(path, noon);
    REQUIRE_FALSE(second.has_value());
    CHECK(second.error().code == ErrorCode::busy);
    CHECK(second.error().message == "another agent (pid " + std::to_string(::getpid()) +
                                        ", since 2024-01-15T12:00:00Z) holds " + path.string() +
                                        "; stop it first, or give this one a buffer_path of its own");
  }
  CHECK(lock_buffer(path, noon).has_value());
}

TEST_CASE("a file that was left behind is no obstacle") {
  test::TempFolder folder;
  auto path = folder.path / "b.lock";
  std::ofstream(path) << "1 since 2020-01-01T00:00:00Z and much more than will be written anew\n";
  auto lock = lock_buffer(path, noon);
  REQUIRE(lock.has_value());
  CHECK(content(path) == std::to_string(::getpid()) + " since 2024-01-15T12:00:00Z");
}

TEST_CASE("a file that cannot be made, or is a link, is an error that names it") {
  test::TempFolder folder;
  auto lock = lock_buffer(folder.path / "missing/b.lock", noon);
  REQUIRE_FALSE(lock.has_value());
  CHECK(lock.error().message.find("missing/b.lock") != std::string::npos);
  std::filesystem::create_symlink("/tmp/elsewhere", folder.path / "link.lock");
  CHECK_FALSE(lock_buffer(folder.path / "link.lock", noon).has_value());
}
