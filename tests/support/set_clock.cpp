// Preloaded into a program, sets its wall clock: ahead of the machine's by as many seconds as the file $SET_CLOCK
// holds, which a test may change at any time. For a program alone, since a test cannot set the machine's.
#include <dlfcn.h>
#include <sys/timerfd.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>

namespace {

template <class Function>
Function* original(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

long ahead() {
  const char* path = std::getenv("SET_CLOCK");
  std::FILE* file = path ? std::fopen(path, "r") : nullptr;
  long seconds = 0;
  if (file != nullptr) {
    if (std::fscanf(file, "%ld", &seconds) != 1) seconds = 0;
    std::fclose(file);
  }
  return seconds;
}

}  // namespace

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static const auto real = original<int(clockid_t, timespec*)>("clock_gettime");
  const int done = real(clock, time);
  if (done == 0 && clock == CLOCK_REALTIME) time->tv_sec += ahead();
  return done;
}

// A timer of the wall clock is told by its time: the other clocks have not run for years.
extern "C" int timerfd_settime(int fd, int flags, const itimerspec* at, itimerspec* before) noexcept {
  constexpr long years = 1'000'000'000;
  static const auto real = original<int(int, int, const itimerspec*, itimerspec*)>("timerfd_settime");
  itimerspec moved = *at;
  if ((flags & TFD_TIMER_ABSTIME) != 0 && moved.it_value.tv_sec > years) moved.it_value.tv_sec -= ahead();
  return real(fd, flags, &moved, before);
}
