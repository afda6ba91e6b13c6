#include "x11/connection.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <cerrno>

using activitytrack::x11::NoSigpipe;

TEST_CASE("a write to a closed pipe fails, and ends nothing") {
  signal(SIGPIPE, SIG_DFL);
  int ends[2];
  REQUIRE(pipe(ends) == 0);
  close(ends[0]);
  for (int i = 0; i < 2; ++i) {
    const NoSigpipe guard;
    CHECK(write(ends[1], "x", 1) == -1);
    CHECK(errno == EPIPE);
  }
  close(ends[1]);
  sigset_t blocked;
  REQUIRE(pthread_sigmask(SIG_SETMASK, nullptr, &blocked) == 0);
  CHECK_FALSE(sigismember(&blocked, SIGPIPE));
}
