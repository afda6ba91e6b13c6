#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <activitytrack/config/settings.hpp>

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <thread>

#include "config/settings_table.hpp"
#include "core/event_fields.hpp"
#include "temp_folder.hpp"

using namespace activitytrack;
using activitytrack::test::TempFolder;
namespace fs = std::filesystem;

namespace {

unsigned mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

std::string content_of(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a machine's id is made once, then kept, for its owner only") {
  const TempFolder folder;
  const fs::path data = folder.path / "share/activity-tracker";
  const auto made = kept_machine_id(data);
  REQUIRE(made.has_value());
  CHECK(check_machine_id(*made).has_value());
  CHECK(machine_id_fault(*made).empty());
  CHECK(std::ranges::count(*made, '-') >= 2);
  CHECK(kept_machine_id(data).value() == *made);
  CHECK(content_of(data / "machine_id") == *made + "\n");
  CHECK(mode_of(data) == 0700);
  CHECK(mode_of(data / "machine_id") == 0600);
  CHECK(std::distance(fs::directory_iterator(data), {}) == 1);  // nothing temporary stays

  CHECK(kept_machine_id(folder.path / "other").value() != *made);
}

TEST_CASE("of many that begin at once, all get the same id") {
  const TempFolder folder;
  std::array<std::string, 8> ids;
  {
    std::vector<std::jthread> threads;
    for (auto& id : ids) threads.emplace_back([&] { id = kept_machine_id(folder.path / "new").value(); });
  }
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == 1);
}

TEST_CASE("an id that a person wrote is taken") {
  const TempFolder folder;
  folder.write("machine_id", "vm-abc123-user1");
  CHECK(kept_machine_id(folder.path).value() == "vm-abc123-user1");
}

TEST_CASE("a file that holds no id is an error, and stays as it is") {
  for (const std::string& content : {std::string(""), std::string("two words\n"), std::string("a\nb\n"),
                                     std::string(".\n"), std::string("..\n"), std::string(5000, 'x')}) {
    const TempFolder folder;
    const fs::path file = folder.write("machine_id", content);
    const auto id = kept_machine_id(folder.path);
    REQUIRE_FALSE(id.has_value());
    CHECK(id.error().code == ErrorCode::corrupt);
    CHECK(id.error().message.starts_with(file.string() + ": holds no machine id"));
    CHECK(content_of(file) == content);
  }
}

TEST_CASE("a place that cannot hold the id is reported") {
  const TempFolder folder;
  folder.write("file", "");
  const auto id = kept_machine_id(folder.path / "file/share");
  REQUIRE_FALSE(id.has_value());
  CHECK(id.error().message.find((folder.path / "file").string()) != std::string::npos);

  fs::create_directories(folder.path / "machine_id");
  const auto taken = kept_machine_id(folder.path);
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().message == (folder.path / "machine_id").string() + ": is not a regular file");
}
