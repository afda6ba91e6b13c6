#pragma once

#include "server/demo/people.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event.hpp>
#include <activitytrack/core/result.hpp>
#include <activitytrack/report/summary.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace activitytrack::server {

/// What happens at a made-up machine for a while.
struct Stretch {
  enum class Doing { unobserved, working, reading, idle, scripted };

  TimeRange time{};
  Doing doing = Doing::unobserved;
  Gap gap = Gap::off;  ///< of what is unobserved
};

/// What all machines of a demo have in common.
struct DemoTimes {
  Time now{};
  int days = 14;  ///< up to today
  std::uint64_t seed = 1;
  std::chrono::seconds interval{60};  ///< of the events
};

/// The zone that the machine is in at `time`: of one who travels, not always the same.
std::string demo_zone(const DemoMachine& machine, const DemoTimes& times, Time time);

/// The machine's own calendar days that the demo fills, the last one being today there.
Result<std::vector<Date>> demo_days(const DemoMachine& machine, const DemoTimes& times);

/// A day on the machine's own clock from its midnight to the next, without gaps between the stretches, whatever the
/// time is now. Always the same for one seed.
Result<std::vector<Stretch>> plan_day(const DemoMachine& machine, const DemoTimes& times, Date date);

/// When a machine is heard of last, and from when on its capture fails, by its quirk.
std::optional<Time> last_contact(const DemoMachine& machine, const DemoTimes& times);
std::optional<Time> fails_from(const DemoMachine& machine, const DemoTimes& times);

/// For the dice of a machine's day, or of what else `part` names.
std::uint64_t demo_seed(const DemoMachine& machine, const DemoTimes& times, std::int64_t part);

}  // namespace activitytrack::server
