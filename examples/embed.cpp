// A program with a loop of its own that counts activity beside it: events go into a buffer in memory, and
// each is printed. Build: c++ -std=c++20 embed.cpp $(pkg-config --cflags --libs activitytrack)

#include <activitytrack/activitytrack.hpp>

#include <poll.h>
#include <cstdio>
#include <cstdlib>

using namespace activitytrack;

int main() {
  const auto log = make_stderr_log(LogLevel::info, LogFormat::text);
  const std::shared_ptr<Buffer> buffer = make_memory_buffer(system_clock());

  AgentParts parts;
  parts.open_input = [] { return make_input_source(""); };
  parts.open_focus = [] { return make_focus_source(""); };
  parts.classifier = make_device_classifier();
  parts.system = make_system_stats("/");
  parts.zone = make_system_time_zone();
  parts.buffer = buffer;

  AgentOptions options;
  options.sampler.machine_id = "example";
  options.sampler.interval = std::chrono::seconds(5);
  auto agent = Agent::start(std::move(parts), options, system_clock(), *log);
  if (!agent) return std::fprintf(stderr, "%s\n", agent.error().message.c_str()), 1;

  std::int64_t printed = 0;
  for (int events = 0; events < 12;) {  // a minute
    pollfd ready{(*agent)->fd(), POLLIN, 0};
    ::poll(&ready, 1, -1);
    (*agent)->dispatch();
    const auto pending = buffer->pending(100, printed);
    for (const BufferedEvent& next : pending.value()) {
      std::printf("%s\n", encode_event(next.event).c_str());
      printed = next.id;
      ++events;
    }
  }
  (*agent)->stop(std::chrono::seconds(5));
}
