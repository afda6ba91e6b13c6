// Preloaded into a program, kills it where it touches a file for the $KILL_AT-th time: before each call that takes
// room for, writes, syncs or renames a file whose name has $KILL_FILE in it, and after each that renames it. So a test
// can end a program at each step of replacing that file.
#include <dlfcn.h>
#include <sys/types.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

template <class Function>
Function* original(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

void touch(const char* path) {
  static const char* const file = std::getenv("KILL_FILE");
  static const char* const at = std::getenv("KILL_AT");
  static int left = at ? std::atoi(at) : 0;
  if (file && std::strstr(path, file) && --left == 0) std::raise(SIGKILL);
}

void touch(int fd) {
  char link[32], path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = ::readlink(link, path, sizeof path - 1);
  if (length <= 0) return;
  path[length] = '\0';
  touch(path);
}

}  // namespace

extern "C" int posix_fallocate64(int fd, off64_t offset, off64_t size) {
  static const auto real = original<int(int, off64_t, off64_t)>("posix_fallocate64");
  touch(fd);
  return real(fd, offset, size);
}

extern "C" ssize_t write(int fd, const void* bytes, size_t size) {
  static const auto real = original<ssize_t(int, const void*, size_t)>("write");
  touch(fd);
  return real(fd, bytes, size);
}

extern "C" int fsync(int fd) {
  static const auto real = original<int(int)>("fsync");
  touch(fd);
  return real(fd);
}

extern "C" int rename(const char* from, const char* to) noexcept {
  static const auto real = original<int(const char*, const char*)>("rename");
  touch(from);
  const int done = real(from, to);
  touch(to);
  return done;
}
