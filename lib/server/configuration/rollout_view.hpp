#pragma once

#include "server/configuration/fleet.hpp"
#include "server/configuration/layers.hpp"

#include <string>
#include <vector>

namespace activitytrack::server {

/// How far a rollout has come, as people are shown it.
struct RolloutView {
  /// Of a wave. Its machines are all of the others together.
  struct Wave {
    std::size_t machines = 0;
    std::size_t applied = 0, refused = 0, reverted = 0;
    std::size_t silent = 0;   ///< Reception::silent
    std::size_t pending = 0;  ///< of the others, those that are there,
    std::size_t offline = 0;  ///< and those that are not
  };
  struct Failure {
    std::string machine_id{};
    Reception reception{};
    std::string key{}, reason{};  ///< "" where there is none
    Time at{};
  };
  static constexpr std::size_t most_failures = 100;

  std::array<Wave, Rollout::waves> waves{};
  std::vector<Failure> failures{};  ///< at most `most_failures`
};

/// Of a rollout that was not taken back. `layers` and `fleet` are those of now.
RolloutView view_rollout(const Rollout& rollout, const Layers& layers, const Fleet& fleet, Time now);

/// As JSON: an array of objects with the members' names.
std::string waves_json(const RolloutView& view);
std::string failures_json(const RolloutView& view);

/// Where a rollout is, as those are told who watch: {"version":7,"state":"running","wave":1}.
std::string rollout_news(const Rollout& rollout);

/// Why it does not go on, in words; "" while it does.
std::string why_it_waits(const Rollout& rollout, Time now);

}  // namespace activitytrack::server
