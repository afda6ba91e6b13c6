// What was reported as appended is there after kill -9, once.
#include "buffer_fixture.hpp"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <ctime>
#include <random>
#include <set>

using namespace activitytrack;
using namespace activitytrack::test;

namespace {

/// The child: appends numbered events and reports each that is on disk, until it is killed. It settles now
/// and then too, and reports that with a minus, before it does.
[[noreturn]] void append_until_killed(BufferFixture& fixture, int reports, std::int64_t from) {
  auto buffer = fixture.open();
  if (!buffer) _exit(1);
  for (std::int64_t n = from;; ++n) {
    if (!(*buffer)->append(numbered_event(n))) _exit(2);
    if (::write(reports, &n, sizeof n) != sizeof n) _exit(3);
    if (n % 7 != 0) continue;
    const auto first = (*buffer)->pending(1);
    if (!first || first->empty()) _exit(4);
    const std::int64_t settled = -event_in(first->at(0)).key_count;
    if (::write(reports, &settled, sizeof settled) != sizeof settled) _exit(5);
    if (!(*buffer)->settle(std::vector<Buffer::Settled>{{first->at(0).id, ""}})) _exit(6);
  }
}

}  // namespace

TEST_CASE_FIXTURE(BufferFixture, "kill -9 at random moments loses nothing and doubles nothing") {
  constexpr unsigned seed = 20240115;
  constexpr int rounds = 40;
  MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  std::set<std::int64_t> must_be_there, may_be_gone;
  std::int64_t next = 1;
  for (int round = 0; round < rounds; ++round) {
    CAPTURE(round);
    int pipe[2];
    REQUIRE(::pipe(pipe) == 0);
    const pid_t child = ::fork();
    if (child == 0) append_until_killed(*this, pipe[1], next);
    ::close(pipe[1]);
    const int reports_before_kill = static_cast<int>(random() % 30);
    const auto extra_ns = static_cast<long>(random() % 3'000'000);
    std::int64_t n = 0;
    for (int seen = 0; ::read(pipe[0], &n, sizeof n) == sizeof n; ++seen) {
      if (n > 0) must_be_there.insert(n);
      if (n < 0) may_be_gone.insert(-n);
      next = std::max(next, n + 1);
      if (seen == reports_before_kill) {
        const timespec moment{0, extra_ns};  // somewhere within the next appends
        ::nanosleep(&moment, nullptr);
        ::kill(child, SIGKILL);
      }
    }
    ::close(pipe[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    ++next;  // what was appended but not reported may be there or not

    const auto numbers = pending_numbers(*reopened());
    const std::set<std::int64_t> there(numbers.begin(), numbers.end());
    CHECK(there.size() == numbers.size());
    for (const std::int64_t wanted : must_be_there) {
      if (!may_be_gone.count(wanted)) CHECK_MESSAGE(there.count(wanted) == 1, "lost " << wanted);
    }
  }
  CHECK(must_be_there.size() > rounds);
  CHECK(set_aside().empty());
}
