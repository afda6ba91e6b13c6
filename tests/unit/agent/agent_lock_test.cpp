#include <activitytrack/agent/agent.hpp>

#include <activitytrack/core/memory_source.hpp>
#include <activitytrack/input/input_source.hpp>

#include "fakes.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

/// What a test says of the session.
struct Session {
  bool locked = false, lost = false, absent = false;
  int looks = 0, opened = 0;
};

class FakeLock final : public LockSource {
 public:
  explicit FakeLock(Session& session) : session_(session) {}
  Result<bool> locked() override {
    ++session_.looks;
    if (session_.lost) return Error{ErrorCode::unavailable, "gone"};
    return session_.locked;
  }

 private:
  Session& session_;
};

/// An agent on a clock that the test moves, and a mouse.
struct LockRig {
  MemoryLog log;
  FakeClock clock{"2024-01-15T10:30:00Z"};
  std::shared_ptr<Buffer> buffer = make_memory_buffer(clock);
  Session session;
  MemorySource<InputSource>* input = nullptr;
  std::unique_ptr<Agent> agent;

  LockRig() {
    AgentParts parts;
    parts.open_input = [this]() -> Result<std::unique_ptr<InputSource>> {
      auto source = std::make_unique<MemorySource<InputSource>>();
      input = source.get();
      return std::unique_ptr<InputSource>(std::move(source));
    };
    parts.open_lock = [this]() -> Result<std::unique_ptr<LockSource>> {
      if (session.absent) return Error{ErrorCode::unavailable, "no display"};
      ++session.opened;
      return std::unique_ptr<LockSource>(std::make_unique<FakeLock>(session));
    };
    parts.classifier = make_device_classifier();
    parts.system = std::make_unique<FakeSystemStats>();
    parts.zone = std::make_unique<FakeZone>();
    parts.buffer = buffer;
    agent = Agent::start(std::move(parts), {{"m", 60s, 60s}, 300s}, clock, log).value();
  }

  void bump_after(std::chrono::seconds time) {
    clock.pass(time);
    input->push({clock.ticks(), InputKind::motion, false, 1, 0, 1, 1});
    agent->status();
  }

  void bump_each_minute(int count) {
    for (int i = 0; i < count; ++i) bump_after(60s);
  }

  /// Events with input of which the agent says that it came while the session was locked.
  std::ptrdiff_t told() {
    agent->stop(1s);
    const auto pending = buffer->pending(1000).value();
    return std::ranges::count_if(pending, [](const auto& kept) {
      return std::ranges::count(event_in(kept).scripted_reasons, "input_while_locked") > 0;
    });
  }
};

}  // namespace

TEST_CASE_FIXTURE(LockRig, "a mouse that goes on while the session is locked is told of") {
  session.locked = true;
  bump_each_minute(10);
  CHECK(told() == 5);  // the first bump shows the lock; the fifth after it is enough
}

TEST_CASE_FIXTURE(LockRig, "without a lock nothing is told") {
  bump_each_minute(10);
  CHECK(told() == 0);
}

TEST_CASE_FIXTURE(LockRig, "while the session is not locked it is looked at twice a minute at most") {
  for (int i = 0; i < 100; ++i) bump_after(3s);
  CHECK(session.looks == 10);
  agent->stop(1s);
}

TEST_CASE_FIXTURE(LockRig, "while it is locked it is looked at with each input, so that an unlock is seen") {
  session.locked = true;
  for (int i = 0; i < 10; ++i) bump_after(3s);
  CHECK(session.looks == 10);
  session.locked = false;
  bump_each_minute(10);
  CHECK(told() == 0);
}

TEST_CASE_FIXTURE(LockRig, "at rest nobody is asked") {
  clock.pass(600s);
  agent->status();
  CHECK(session.opened == 0);
}

TEST_CASE_FIXTURE(LockRig, "who cannot tell any more is asked anew, and what was known is forgotten") {
  session.locked = true;
  bump_each_minute(4);
  session.lost = session.absent = true;
  bump_each_minute(1);
  session.lost = session.absent = false;
  bump_each_minute(5);
  CHECK(session.opened == 2);
  CHECK(told() == 0);
}

TEST_CASE_FIXTURE(LockRig, "a pause ends what is known") {
  session.locked = true;
  bump_each_minute(5);
  agent->pause(std::nullopt);
  agent->resume();
  bump_each_minute(5);
  CHECK(told() == 0);
}
