// A program with a loop of its own that counts activity beside it, and prints each event. What it leaves out (a
// classifier, a time zone, a buffer, a sender) gets a harmless default.
// Build: c++ -std=c++20 embed.cpp $(pkg-config --cflags --libs activitytrack)

#include <activitytrack/activitytrack.hpp>

#include <poll.h>
#include <cstdio>

using namespace activitytrack;

int main() {
  const auto log = make_stderr_log(Log::Level::info);
  int events = 0;

  AgentParts parts;
  parts.open_input = [] { return make_input_source(""); };
  parts.open_focus = [] { return make_focus_source(""); };
  parts.system = make_system_stats("/");
  parts.on_event = [&events](const Event& event) {
    std::printf("%s\n", encode_event(event).c_str());
    ++events;
  };

  AgentOptions options;
  options.sampler.machine_id = "example";
  options.sampler.interval = std::chrono::seconds(5);
  auto agent = Agent::start(std::move(parts), options, system_clock(), *log);
  if (!agent) return std::fprintf(stderr, "%s\n", agent.error().message.c_str()), 1;

  while (events < 12) {  // a minute
    pollfd ready{(*agent)->fd(), POLLIN, 0};
    ::poll(&ready, 1, -1);
    (*agent)->dispatch();
  }
  (*agent)->stop(std::chrono::seconds(5));
}
