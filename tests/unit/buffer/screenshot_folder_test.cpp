// What the folder of screenshots promises beyond every ScreenshotBuffer.
#include "buffer/screenshot_folder.hpp"
#include "buffer_fixture.hpp"
#include "screenshots.hpp"
#include "small_disk.hpp"

#include <activitytrack/buffer/buffer.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <set>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace fs = std::filesystem;

namespace {

struct FolderRig {
  Result<std::unique_ptr<ScreenshotBuffer>> open() { return make_folder_screenshot_buffer(folder, clock, log); }
  std::unique_ptr<ScreenshotBuffer> reopened() { return open().value(); }

  std::vector<fs::path> files(const fs::path& below) const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(below)) {
      if (entry.is_regular_file()) found.push_back(entry.path());
    }
    return found;
  }
  fs::path only_file() const {
    const auto found = files(folder);
    REQUIRE(found.size() == 1);
    return found[0];
  }

  FakeClock clock{"2024-01-15T10:30:00Z"};
  MemoryLog log;
  TempFolder temp;
  fs::path folder = temp.path / "data" / "screenshots";
};

}  // namespace

TEST_CASE_FIXTURE(FolderRig, "nothing is made before the first screenshot; then it is its owner's alone") {
  const auto old_mask = ::umask(0);
  auto buffer = reopened();
  CHECK_FALSE(fs::exists(folder));
  CHECK(buffer->append(numbered_screenshot(1), "sealed"));
  ::umask(old_mask);
  CHECK(mode_of(folder) == 0700);
  CHECK(mode_of(folder / "aside") == 0700);
  CHECK(mode_of(only_file()) == 0600);
  ::chmod(folder.c_str(), 0755);
  CHECK(buffer->append(numbered_screenshot(2), "sealed"));
  CHECK(mode_of(folder) == 0700);
}

TEST_CASE_FIXTURE(FolderRig, "what is there is there after a new start, the count of dropped ones too") {
  auto buffer = reopened();
  for (int n = 0; n < 4; ++n) CHECK(buffer->append(numbered_screenshot(n), "bytes" + std::to_string(n)));
  CHECK(buffer->settle(numbered_screenshot(0), "refused"));
  const BufferStats before = buffer->stats().value();
  buffer = reopened();
  CHECK(buffer->stats().value().bytes == before.bytes);
  CHECK(buffer->stats().value().aside == 1);
  CHECK(buffer->read(numbered_screenshot(3)).value() == "bytes3");
  buffer->set_bounds({1h, 0});
  CHECK(buffer->append(numbered_screenshot(4), "bytes"));
  CHECK(buffer->stats().value().dropped == 5);
  buffer = reopened();
  CHECK(buffer->stats().value().dropped == 5);
  CHECK(buffer->stats().value().bytes == 0);
}

TEST_CASE_FIXTURE(FolderRig, "drops are logged once an hour") {
  auto buffer = reopened();
  buffer->set_bounds({1h, 0});
  for (int n = 0; n < 20; ++n) {
    CHECK(buffer->append(screenshot_at(clock.now()), "bytes"));
    clock.pass(6min);
  }
  CHECK(log.count("the oldest are dropped") == 2);
}

TEST_CASE_FIXTURE(FolderRig, "a refused one is kept with the reason") {
  auto buffer = reopened();
  CHECK(buffer->append(numbered_screenshot(1), "bytes"));
  const std::string name = only_file().filename();
  CHECK(buffer->settle(numbered_screenshot(1), "413: too large"));
  CHECK(files(folder).empty());
  CHECK(read_file(folder / "aside" / name).ends_with("\nbytes"));
  CHECK(read_file(folder / "aside" / (name + ".txt")) == "413: too large\n");
}

TEST_CASE_FIXTURE(FolderRig, "what a crash left half-written is removed, and nothing else") {
  auto buffer = reopened();
  CHECK(buffer->append(numbered_screenshot(1), "bytes"));
  CHECK(buffer->settle(numbered_screenshot(1), "refused"));
  CHECK(buffer->append(numbered_screenshot(1), "bytes"));
  const std::string name = only_file().filename();
  const std::set<std::string> left{name + ".aB3xYz", "dropped.next.aB3xYz"};
  for (const std::string& each : left) std::ofstream(folder / each) << "half";
  std::ofstream(folder / "aside" / (name + ".txt.aB3xYz")) << "half";
  for (const char* other : {"notes.txt", "a.shot", "picture.jpg"}) std::ofstream(folder / other) << "other";
  buffer = reopened();
  CHECK(files(folder).size() == 4);
  CHECK(files(folder / "aside").size() == 2);
  CHECK(buffer->stats().value().pending == 1);
  CHECK(buffer->pending(9).value() == std::vector{numbered_screenshot(1)});
}

TEST_CASE_FIXTURE(FolderRig, "any damaged byte is found out, and stands in nobody's way") {
  auto buffer = reopened();
  CHECK(buffer->append(numbered_screenshot(1), "sealed bytes"));
  const fs::path file = only_file();
  const std::string whole = read_file(file);
  CHECK(buffer->append(numbered_screenshot(2), "sealed bytes"));
  int not_listed = 0;
  for (std::size_t i = 0; i <= whole.size(); ++i) {
    CAPTURE(i);
    std::string changed = whole;
    if (i == whole.size()) {
      changed.pop_back();
    } else {
      changed[i] = static_cast<char>(changed[i] ^ 1);
    }
    fs::remove(folder / "aside" / file.filename());
    std::ofstream(file, std::ios::binary) << changed;
    buffer = reopened();
    const auto pending = buffer->pending(9).value();
    CHECK(pending.back() == numbered_screenshot(2));
    if (pending.size() == 1) {
      ++not_listed;
      CHECK(buffer->stats().value().aside == 1);
      CHECK(buffer->stats().value().pending == 1);
    } else {
      CHECK(buffer->read(numbered_screenshot(1)).error().code == ErrorCode::corrupt);
      CHECK(buffer->settle(numbered_screenshot(1), "damaged"));
    }
  }
  CHECK(not_listed > 100);
  CHECK(log.count("damaged") == not_listed);
}

TEST_CASE_FIXTURE(FolderRig, "a damaged one that cannot be put aside is logged once") {
  auto buffer = reopened();
  CHECK(buffer->append(numbered_screenshot(1), "bytes"));
  CHECK(buffer->append(numbered_screenshot(2), "bytes"));
  std::ofstream(folder / screenshot_file_name(numbered_screenshot(1))) << "damaged";
  fs::remove(folder / "aside");
  std::ofstream(folder / "aside") << "in the way";
  for (int i = 0; i < 3; ++i) CHECK(buffer->pending(9).value() == std::vector{numbered_screenshot(2)});
  CHECK(log.count("damaged") == 1);
  fs::remove(folder / "aside");
  CHECK(buffer->pending(9).value().size() == 1);
  CHECK(log.count("it is put aside") == 1);
  CHECK(buffer->stats().value().aside == 1);
}

TEST_CASE_FIXTURE(FolderRig, "strange things under a screenshot's name stand in nobody's way") {
  auto buffer = reopened();
  CHECK(buffer->append(numbered_screenshot(2), "bytes"));
  const auto name = [](char c) { return std::string(3, c) + "." + std::string(16, '0') + ".shot"; };
  std::ofstream(folder / name('0'));  // empty
  fs::create_directory(folder / name('1'));
  REQUIRE(::mkfifo((folder / name('2')).c_str(), 0600) == 0);
  fs::create_symlink("/nowhere", folder / name('3'));
  std::ofstream(folder / name('4')) << std::string(1 << 20, 'x');
  buffer = reopened();
  CHECK(buffer->pending(9).value() == std::vector{numbered_screenshot(2)});
  CHECK(buffer->append(numbered_screenshot(3), "bytes"));
  CHECK(buffer->pending(9).value().size() == 2);
}

TEST_CASE_FIXTURE(FolderRig, "a folder that somebody removed is made again") {
  auto buffer = reopened();
  CHECK(buffer->append(numbered_screenshot(1), "bytes"));
  fs::remove_all(folder);
  CHECK(buffer->pending(9).value().empty());
  CHECK(buffer->append(numbered_screenshot(2), "bytes"));
  CHECK(buffer->pending(9).value().size() == 1);
}

TEST_CASE_FIXTURE(FolderRig, "what is no folder is told") {
  fs::create_directories(folder.parent_path());
  std::ofstream(folder) << "a file";
  const auto opened = open();
  const Error error = opened ? (*opened)->append(numbered_screenshot(1), "x").error() : opened.error();
  CHECK(error.message.find(folder.string()) != std::string::npos);
}

TEST_CASE_FIXTURE(FolderRig, "a full disk is told, nothing half-written is left, and room makes it work again") {
  const SmallDisk disk(folder.parent_path());
  if (!disk.mounted) {
    MESSAGE(SmallDisk::missing);
    return;
  }
  auto buffer = reopened();
  const std::string picture(100'000, 'x');
  int kept = 0;
  Result<void> appended;
  while ((appended = buffer->append(numbered_screenshot(kept), picture))) ++kept;
  CHECK(appended.error().code == ErrorCode::no_space);
  CHECK(appended.error().message.find(folder.string()) != std::string::npos);
  CHECK(kept >= 5);
  CHECK(files(folder).size() == static_cast<std::size_t>(kept));
  CHECK(buffer->stats().value().pending == kept);
  CHECK(buffer->settle(numbered_screenshot(0), "refused"));  // also where there is no room for the reason
  CHECK(buffer->settle(numbered_screenshot(1), ""));
  CHECK(buffer->append(numbered_screenshot(99), picture));
  buffer->set_bounds({24h, 0});
  CHECK(buffer->append(numbered_screenshot(100), ""));
  CHECK(buffer->stats().value().pending == 0);
}

TEST_CASE_FIXTURE(FolderRig, "kill -9 at any moment loses nothing that was appended, and leaves nothing half") {
  constexpr int rounds = 15;
  const std::string picture(300'000, 'p');
  int next = 0;
  std::set<std::string> appended;
  for (int round = 0; round < rounds; ++round) {
    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
      auto buffer = open();
      for (int n = next;; ++n) {
        if (!buffer || !(*buffer)->append(numbered_screenshot(n), picture)) ::_exit(1);
        if (::write(pipe[1], &n, sizeof n) != sizeof n) ::_exit(2);
      }
    }
    ::close(pipe[1]);
    int n = 0, seen = 0;
    while (::read(pipe[0], &n, sizeof n) == sizeof n) {
      appended.insert(numbered_screenshot(n).id);
      next = std::max(next, n + 1);
      if (++seen == 3 + round % 4) {
        const timespec moment{0, 200'000L * round};
        ::nanosleep(&moment, nullptr);
        ::kill(child, SIGKILL);
      }
    }
    ::close(pipe[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    ++next;
  }
  auto buffer = reopened();
  std::set<std::string> there;
  for (const Screenshot& shot : buffer->pending(10'000).value()) {
    CHECK(buffer->read(shot).value() == picture);
    there.insert(shot.id);
  }
  for (const std::string& id : appended) CHECK(there.count(id) == 1);
  CHECK(appended.size() >= rounds * 3);
  CHECK(files(folder).size() == there.size());
}
