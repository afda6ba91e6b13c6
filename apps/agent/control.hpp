#pragma once

#include "configuration.hpp"
#include "remote_configuration.hpp"

#include <activitytrack/agent/agent.hpp>
#include <activitytrack/config/settings.hpp>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::agent_app {

// What `status`, `pause` and `resume` say to a running agent: one line of JSON there, one line back.
//
//     {"command":"status"}                  {"ok":true,"status":{...}}
//     {"command":"pause","minutes":30}      {"ok":true}
//     {"command":"resume"}                  {"ok":true}
//     anything else                         {"ok":false,"error":"..."}

inline constexpr std::size_t max_control_request = 4 << 10;
inline constexpr std::size_t max_control_answer = 1 << 20;
inline constexpr std::chrono::seconds control_timeout{5};
inline constexpr std::int64_t max_pause_minutes = 7 * 24 * 60;

struct ControlRequest {
  enum class Command { status, pause, resume };
  Command command = Command::status;
  std::optional<std::chrono::minutes> duration = {};  ///< of a pause; absent: until resumed

  friend bool operator==(const ControlRequest&, const ControlRequest&) = default;
};

std::string encode_request(const ControlRequest& request);
Result<ControlRequest> decode_request(std::string_view line);

/// What the server set.
struct RemoteStatus {
  std::int64_t version = 0;  ///< in force; 0: none
  bool is_candidate = false;
  bool needs_restart = false;  ///< some of it is in force only after a restart
  bool may_loosen = false;     ///< the machine's own configuration lets the server loosen what protects the person
  std::vector<std::string> keys{}, left_out{}, loosened{}, unknown{};
  std::optional<FailedSettings> failed{};  ///< another version, which is not in force
  std::string
      notice_error{};  ///< why the person could not be told on the desktop of what was loosened last; "": they were
};

/// All that is reported of a running agent.
struct RunningStatus {
  AgentStatus agent;
  Settings settings;                             ///< in force; secrets are not sent
  std::map<std::string, std::string> origins{};  ///< of the values, by key
  RemoteStatus remote{};
  std::string configuration_file;   ///< "" if there is none
  std::string configuration_error;  ///< why what is in the file now is not in force; "" if it is
  std::int64_t pid = 0;
  Time started{};
};

std::string encode_status(const RunningStatus& status);
std::string encode_done();
std::string encode_refusal(std::string_view why);

/// Asks the agent that runs for this buffer, and returns its answer's line. `unavailable` if none runs; the message
/// says how to start one.
Result<std::string> ask_agent(const AgentFiles& files, const ControlRequest& request);

}  // namespace activitytrack::agent_app
