// notify TITLE TEXT: shows the person at the desktop a notification, as the agent does, for tests.

#include <activitytrack/desktop/desktop.hpp>

#include <cstdio>

int main(int count, char** words) {
  if (count != 3) return 2;
  const auto shown = activitytrack::make_desktop_notifier()->notify(words[1], words[2]);
  if (!shown) std::fprintf(stderr, "notify: %s\n", shown.error().message.c_str());
  return shown ? 0 : 1;
}
