#include "core/file_watch.hpp"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <fstream>

#include "temp_folder.hpp"

namespace fs = std::filesystem;
using activitytrack::FileWatch;
using activitytrack::test::TempFolder;

namespace {

/// What an agent's loop sees: readable, and the file concerned. inotify queues an event before the system
/// call that caused it returns, so there is nothing to wait for.
bool noticed(FileWatch& watch) {
  pollfd wait{watch.fd(), POLLIN, 0};
  const bool readable = ::poll(&wait, 1, 0) == 1;
  const bool concerned = watch.changed();
  CHECK((readable || !concerned));
  return concerned;
}

}  // namespace

TEST_CASE("a file that is written, replaced, touched, removed and made again is noticed, once each") {
  TempFolder folder;
  const fs::path file = folder.write("config.yaml", "a: 1\n");
  auto watch = FileWatch::open(file).value();
  CHECK_FALSE(noticed(watch));

  folder.write("config.yaml", "a: 2\n");
  CHECK(noticed(watch));
  CHECK_FALSE(noticed(watch));

  fs::rename(folder.write("config.yaml.new", "a: 3\n"), file);
  CHECK(noticed(watch));

  ::utimes(file.c_str(), nullptr);
  CHECK(noticed(watch));

  fs::remove(file);
  CHECK(noticed(watch));

  folder.write("config.yaml", "a: 4\n");
  CHECK(noticed(watch));

  fs::rename(file, folder.path / "away");
  CHECK(noticed(watch));

  fs::create_hard_link(folder.path / "away", file);
  CHECK(noticed(watch));
  CHECK_FALSE(noticed(watch));
}

TEST_CASE("a neighbour's change wakes but does not concern") {
  TempFolder folder;
  auto watch = FileWatch::open(folder.write("config.yaml", "")).value();
  folder.write("other.yaml", "a");
  CHECK_FALSE(noticed(watch));
}

TEST_CASE("a new file counts once its writer has closed it") {
  TempFolder folder;
  const fs::path file = folder.path / "config.yaml";
  auto watch = FileWatch::open(file).value();
  std::ofstream writer(file);
  writer << "half" << std::flush;
  CHECK_FALSE(noticed(watch));
  writer << " and whole";
  writer.close();
  CHECK(noticed(watch));
}

TEST_CASE("a link's own change and that of the file it leads to are noticed") {
  TempFolder folder;
  folder.write("one/config.yaml", "1");
  folder.write("two/config.yaml", "2");
  const fs::path link = folder.path / "etc/config.yaml";
  fs::create_directory(folder.path / "etc");
  fs::create_symlink("../one/config.yaml", link);
  auto watch = FileWatch::open(link).value();

  folder.write("one/config.yaml", "1b");
  CHECK(noticed(watch));

  fs::create_symlink("../two/config.yaml", folder.path / "etc/new");
  fs::rename(folder.path / "etc/new", link);
  CHECK(noticed(watch));

  folder.write("two/config.yaml", "2b");
  CHECK(noticed(watch));
  folder.write("one/config.yaml", "1c");
  CHECK_FALSE(noticed(watch));
}

TEST_CASE("a folder switched by a link, as Kubernetes does it, is noticed") {
  TempFolder folder;
  folder.write("2024_01/config.yaml", "1");
  folder.write("2024_02/config.yaml", "2");
  fs::create_directory_symlink("2024_01", folder.path / "..data");
  fs::create_symlink("..data/config.yaml", folder.path / "config.yaml");
  auto watch = FileWatch::open(folder.path / "config.yaml").value();

  fs::create_directory_symlink("2024_02", folder.path / "..data_tmp");
  fs::rename(folder.path / "..data_tmp", folder.path / "..data");
  CHECK(noticed(watch));
  folder.write("2024_02/config.yaml", "2b");
  CHECK(noticed(watch));
}

TEST_CASE("a file is waited for where not even its folder exists yet") {
  TempFolder folder;
  const fs::path file = folder.path / "a/b/config.yaml";
  auto watch = FileWatch::open(file).value();
  fs::create_directory(folder.path / "a");
  noticed(watch);  // moves the watch down
  fs::create_directory(folder.path / "a/b");
  noticed(watch);
  folder.write("a/b/config.yaml", "x");
  CHECK(noticed(watch));

  fs::remove_all(folder.path / "a");
  CHECK(noticed(watch));
  folder.write("a/b/config.yaml", "y");
  CHECK(noticed(watch));
}

TEST_CASE("a link that leads to itself ends") {
  TempFolder folder;
  fs::create_symlink("loop", folder.path / "loop");
  auto watch = FileWatch::open(folder.path / "loop").value();
  fs::remove(folder.path / "loop");
  CHECK(noticed(watch));
}

TEST_CASE("several files share a watch, which moves with its owner") {
  TempFolder folder;
  auto first = FileWatch::open({folder.path / "a", folder.path / "b"}).value();
  FileWatch watch = std::move(first);
  folder.write("b", "x");
  CHECK(noticed(watch));
  folder.write("a", "x");
  CHECK(noticed(watch));
}

TEST_CASE("what cannot be watched says why") {
  TempFolder folder;
  folder.write("file", "");
  const auto watch = FileWatch::open(folder.path / "file/config.yaml");
  REQUIRE_FALSE(watch.has_value());
  CHECK(watch.error().message.find("cannot watch " + (folder.path / "file").string()) == 0);
}
