#pragma once

#include "server/demo/day_plan.hpp"

#include "core/event_batch.hpp"

#include <activitytrack/core/event.hpp>
#include <activitytrack/core/result.hpp>

#include <vector>

namespace activitytrack::server {

/// The events of a planned day that are over by `until`. Always the same for one seed.
Result<std::vector<Event>> demo_events(const DemoMachine& machine, const DemoTimes& times,
                                       const std::vector<Stretch>& day, Time until);

/// What the machine's agent said last before `now`, by what is planned for the days around it.
AgentState demo_agent(const DemoMachine& machine, const DemoTimes& times, const std::vector<Stretch>& days, Time now);

}  // namespace activitytrack::server
