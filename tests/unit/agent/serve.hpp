#pragma once

#include <activitytrack/agent/agent.hpp>

#include "fakes.hpp"
#include "wait.hpp"

namespace activitytrack::test {

/// Lets time go by on the agent's clock, and serves the agent.
inline void serve(std::chrono::seconds time, Agent& agent, FakeClock& clock) {
  for (const Ticks end = clock.ticks() + time; clock.ticks() < end; agent.dispatch()) {
    clock.pass(std::chrono::milliseconds(250));
  }
}

/// The same for at most `time`, until `condition` holds. At each step the threads get a moment for what they have to
/// do.
template <class Condition>
bool serve_for(std::chrono::seconds time, Agent& agent, FakeClock& clock, Condition condition) {
  for (const Ticks end = clock.ticks() + time; clock.ticks() < end;) {
    clock.pass(std::chrono::milliseconds(250));
    agent.dispatch();
    for (int moment = 0; moment < 10; ++moment) {
      if (condition()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  return false;
}

/// The same for what has to become so: a thread may take longer than that.
template <class Condition>
bool serve_until(Agent& agent, FakeClock& clock, Condition condition) {
  return serve_for(std::chrono::seconds(30), agent, clock, condition) || wait_until(condition);
}

}  // namespace activitytrack::test
