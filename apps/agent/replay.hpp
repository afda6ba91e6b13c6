#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event.hpp>
#include <activitytrack/input/input_source.hpp>

#include <filesystem>
#include <functional>
#include <string>

namespace activitytrack::agent_app {

struct ReplayOptions {
  std::string machine_id;
  std::chrono::seconds interval{60};
  std::chrono::seconds idle_after{60};
  Time start{};                 ///< when the trace's clock is 0
  bool judge_behaviour = true;  ///< false: only by the device
  bool input_measures = false;  ///< true: events hold them
};

/// Runs a trace through the sampler in virtual time, in UTC. `sink` gets an event for each interval from that of the
/// first row to that of the last, the last one whole; false from it ends the replay early.
using ReplaySink = std::function<bool(const Event&)>;
void replay(const std::vector<InputSample>& trace, const ReplayOptions& options, const ReplaySink& sink);

/// "mouse" for "/x/mouse.csv.gz".
std::string trace_stem(const std::filesystem::path& path);

}  // namespace activitytrack::agent_app
