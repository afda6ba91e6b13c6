#pragma once

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event.hpp>
#include <activitytrack/input/classifier.hpp>
#include <activitytrack/input/trace.hpp>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace activitytrack::agent_app {

struct ReplayOptions {
  std::string machine_id;
  std::chrono::seconds interval{60};
  std::chrono::seconds idle_after{60};
  Time start{};                 ///< when the trace's clock is 0
  bool judge_behaviour = true;  ///< false: by the device alone
};

/// Runs a trace through the sampler in virtual time, in UTC. `sink` gets an event for each interval from that
/// of the first row to that of the last, the last one whole, and the features that it was judged by; false
/// from it ends the replay early.
using ReplaySink = std::function<bool(const Event&, const std::vector<Feature>&)>;
void replay(const Trace& trace, const ReplayOptions& options, const ReplaySink& sink);

/// "mouse" for "/x/mouse.csv.gz".
std::string trace_stem(const std::filesystem::path& path);

}  // namespace activitytrack::agent_app
