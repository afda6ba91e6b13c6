// An agent on the real display that takes a screenshot each second, which no setting of the program's allows:
// for tests that want many. FOLDER holds its buffers; it sends each second to the server at URL, if one is
// given.
//
//     fast_agent FOLDER [URL [PUBLIC_KEY]]
#include <activitytrack/agent/agent.hpp>
#include <activitytrack/input/classifier.hpp>

#include <poll.h>

#include <csignal>
#include <filesystem>
#include <string>

using namespace activitytrack;
using namespace std::chrono_literals;

namespace {

volatile std::sig_atomic_t ended = 0;

AgentParts parts_in(const std::filesystem::path& folder, const std::string& url, Log& log) {
  AgentParts parts;
  parts.open_input = [] { return make_input_source(""); };
  parts.open_focus = [] { return make_focus_source(""); };
  parts.classifier = make_device_classifier();
  parts.system = make_system_stats("/");
  parts.zone = make_system_time_zone();
  parts.buffer = make_sqlite_buffer(folder / "buffer.db", system_clock(), log).value();
  parts.screenshots.open_screen = [&log] { return make_screen_source("", log); };
  parts.screenshots.buffer = make_folder_screenshot_buffer(folder / "screenshots", system_clock(), log).value();
  parts.screenshots.machine_key = [folder] { return kept_machine_key(folder / "machine_key"); };
  if (url.empty()) return parts;
  const HttpSenderOptions server{.server_url = url, .credential = "", .ca_file = "", .user_agent = "fast_agent"};
  parts.sender = make_http_sender(server).value();
  parts.screenshots.sender = make_http_screenshot_sender(server).value();
  return parts;
}

AgentOptions options_for(const std::filesystem::path& folder, const std::string& public_key) {
  AgentOptions options;
  options.sampler.machine_id = "test-machine";
  options.sampler.interval = 1s;
  options.send_interval = 1s;
  options.screenshots.on = true;
  options.screenshots.interval = 1s;
  if (public_key.empty()) {
    options.screenshots.seal_for = kept_machine_key(folder / "machine_key").value();
  } else {
    options.screenshots.seal_for = parse_public_key(public_key).value();
  }
  return options;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2 || count > 4) return 2;
  const std::filesystem::path folder = arguments[1];
  const std::string url = count > 2 ? arguments[2] : "", public_key = count > 3 ? arguments[3] : "";
  std::signal(SIGTERM, [](int) { ended = 1; });
  const auto log = make_stderr_log(Log::Level::info);
  auto agent = Agent::start(parts_in(folder, url, *log), options_for(folder, public_key), system_clock(), *log).value();
  while (ended == 0) {
    pollfd one{agent->fd(), POLLIN, 0};
    if (::poll(&one, 1, 200) == 1) agent->dispatch();
  }
  agent->stop(5s);
  return 0;
}
