// notify TITLE TEXT: tells the person at the desktop, as the agent does, for tests.

#include <activitytrack/desktop/notifier.hpp>

#include <cstdio>

int main(int count, char** words) {
  if (count != 3) return 2;
  const auto told = activitytrack::make_desktop_notifier()->notify(words[1], words[2]);
  if (!told) std::fprintf(stderr, "notify: %s\n", told.error().message.c_str());
  return told ? 0 : 1;
}
