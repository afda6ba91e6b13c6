// watch_lock DISPLAY: at each line on standard input, looks whether the session is locked, and prints yes,
// no, or the error's code; for tests.

#include <activitytrack/screen/screen_source.hpp>

#include <cstdio>
#include <iostream>
#include <string>

using namespace activitytrack;

int main(int count, char** words) {
  if (count < 2) return 2;
  const auto source = make_lock_source(words[1]);
  if (!source) {
    std::fprintf(stderr, "watch_lock: %s\n", source.error().message.c_str());
    return 1;
  }
  for (std::string line; std::getline(std::cin, line);) {
    const Result<bool> locked = (*source)->locked();
    std::puts(!locked ? std::string(to_string(locked.error().code)).c_str() : *locked ? "yes" : "no");
    std::fflush(stdout);
  }
}
