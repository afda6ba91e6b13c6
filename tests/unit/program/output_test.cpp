#include "common/output.hpp"

#include "core/file.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <csignal>

#include "temp_folder.hpp"

using namespace activitytrack;
using namespace activitytrack::program;
using activitytrack::test::ScopedEnv;
using activitytrack::test::TempFolder;

TEST_CASE("all that is written arrives, in order") {
  const TempFolder folder;
  const std::string file = folder.write("file", "");
  const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  std::string expected;
  {
    Output out(fd.get(), file);
    for (int i = 0; i < 10'000; ++i) {
      out << i << ' ' << std::string(7, 'x') << '\n';
      expected += std::to_string(i) + " xxxxxxx\n";
    }
    CHECK(out.finish().has_value());
    CHECK(still_writable(out).has_value());
    CHECK_FALSE(out.is_unread());
  }
  CHECK(read_file_start(file, 1 << 20).value() == expected);
}

TEST_CASE("a full disk is an error with its reason, at the latest at the end") {
  const UniqueFd fd(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  REQUIRE(fd);
  Output out(fd.get(), "the file");
  out << "little";
  CHECK(still_writable(out).has_value());  // it is held back
  CHECK_FALSE(out.is_reported());
  for (int again = 0; again < 2; ++again) {
    const auto finished = out.finish();
    REQUIRE(finished.has_error());
    CHECK(finished.error().code == ErrorCode::no_space);
    CHECK(finished.error().message == "cannot write to the file: No space left on device");
  }
  CHECK(out.is_reported());
  CHECK_FALSE(out.is_unread());
}

TEST_CASE("a stream that failed before a write did has no success for a reason") {
  const UniqueFd fd(::open("/dev/null", O_WRONLY | O_CLOEXEC));
  Output out(fd.get(), "the file");
  out.setstate(std::ios::badbit);
  CHECK(out.finish().error().message == "cannot write to the file: Input/output error");
}

TEST_CASE("work without end stops when the disk is full or the reader gone") {
  std::signal(SIGPIPE, SIG_IGN);
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  ::close(ends[0]);
  const UniqueFd pipe(ends[1]), full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  for (const int fd : {pipe.get(), full.get()}) {
    Output out(fd, "it");
    std::size_t lines = 0;
    while (still_writable(out) && lines < 1'000'000) out << ++lines << '\n';
    CHECK(lines < 1'000'000);
    CHECK(out.is_unread() == (fd == pipe.get()));
  }
}

TEST_CASE("a person's COLUMNS win over the terminal") {
  const ScopedEnv some("COLUMNS", "61");
  CHECK(output_columns() == 61);
  for (const char* nonsense : {"", "0", "-5", "wide", "99999999999"}) {
    const ScopedEnv other("COLUMNS", nonsense);
    CHECK(output_columns() > 0);
  }
}
