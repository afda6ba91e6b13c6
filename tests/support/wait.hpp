#pragma once

#include <chrono>
#include <thread>

namespace activitytrack::test {

/// Polls until `condition` holds; false after a deadline that only a hang reaches.
template <class Condition>
bool wait_until(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(180);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace activitytrack::test
