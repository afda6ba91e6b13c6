#include <activitytrack/agent/agent.hpp>

#include <activitytrack/core/memory_source.hpp>
#include <activitytrack/input/input_source.hpp>

#include "fakes.hpp"
#include "serve.hpp"

#include <doctest/doctest.h>

#include <poll.h>

#include <atomic>
#include <mutex>
#include <utility>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

/// A source of one synthetic key, which knows its device.
class XTest final : public InputSource {
 public:
  int fd() const noexcept override { return wake_.get(); }
  Result<void> drain(ClockReading now, std::vector<InputSample>& out) override {
    if (!std::exchange(drained_, true)) out.push_back({now.ticks, InputKind::key_press, true, 5});
    return {};
  }
  std::vector<InputDevice> take_devices() override { return {{5, "XTEST keyboard", true}}; }

 private:
  WakeFd wake_;
  bool drained_ = false;
};

/// An agent on sources in memory, and on a clock that the test moves.
struct AgentRig {
  MemoryLog log;
  FakeClock fake{"2024-01-15T10:30:00Z"};
  Clock* clock = &fake;  // tests of its descriptor take the machine's own
  std::shared_ptr<Buffer> buffer = make_memory_buffer(fake);
  MemorySource<InputSource>* input = nullptr;  // the one that is open
  int opened = 0;
  bool display = true;
  bool by_xtest = false;           // what is opened next is an XTest
  std::shared_ptr<Sender> sender;  // none: events stay in the buffer
  std::unique_ptr<Agent> agent;

  Result<std::unique_ptr<InputSource>> open() {
    if (!display) return Error{ErrorCode::unavailable, "no display"};
    if (by_xtest) return std::unique_ptr<InputSource>(std::make_unique<XTest>());
    auto source = std::make_unique<MemorySource<InputSource>>();
    input = source.get();
    ++opened;
    return std::unique_ptr<InputSource>(std::move(source));
  }

  void start(std::chrono::seconds interval = 3600s) {
    AgentParts parts;
    parts.open_input = [this] { return open(); };
    parts.classifier = make_device_classifier();
    parts.system = std::make_unique<FakeSystemStats>();
    parts.zone = std::make_unique<FakeZone>();
    parts.buffer = buffer;
    parts.sender = sender;
    agent = Agent::start(std::move(parts), {{"m", interval, 60s}, 300s}, *clock, log).value();
  }

  void key() { input->push({clock->read().ticks, InputKind::key_press, false, 1, 1, 0, 0}); }

  template <class Condition>
  bool serve_until(Condition condition) {
    return test::serve_until(*agent, fake, condition);
  }

  std::int64_t keys_in_buffer() {
    std::int64_t keys = 0;
    const auto pending = buffer->pending(10'000);
    for (const auto& b : pending.value()) keys += event_in(b).key_count;
    return keys;
  }
};

}  // namespace

TEST_CASE_FIXTURE(AgentRig, "what was put in is in the buffer after a stop") {
  start();
  for (int i = 0; i < 100; ++i) key();
  agent->stop(1s);
  CHECK(keys_in_buffer() == 100);
}

TEST_CASE_FIXTURE(AgentRig, "reasons name the devices that the source knows") {
  by_xtest = true;
  start();
  agent->stop(1s);
  const auto reasons = event_in(buffer->pending(1)->at(0)).scripted_reasons;
  REQUIRE(reasons.size() == 2);
  CHECK(reasons[1].find("\"XTEST keyboard\"") != std::string::npos);
}

TEST_CASE_FIXTURE(AgentRig, "events come by themselves at each interval") {
  clock = &system_clock();
  start(1s);
  key();
  CHECK(wait_until([&] {
    pollfd one{agent->fd(), POLLIN, 0};
    if (::poll(&one, 1, 100) == 1) agent->dispatch();
    return buffer->stats()->pending >= 2;
  }));
  agent->stop(1s);
  CHECK(keys_in_buffer() == 1);
}

TEST_CASE_FIXTURE(AgentRig, "while there is input the agent wakes at most twice a second, not for each event") {
  clock = &system_clock();
  start();
  const auto end = std::chrono::steady_clock::now() + 2200ms;
  int wakes = 0;
  while (std::chrono::steady_clock::now() < end) {
    key();
    pollfd one{agent->fd(), POLLIN, 0};
    if (::poll(&one, 1, 1) == 1) ++wakes, agent->dispatch();
  }
  CHECK(wakes <= 4);
  CHECK(wakes >= 2);
}

TEST_CASE_FIXTURE(AgentRig, "a display that goes away comes back") {
  start();
  key();
  display = false;
  input->fail({ErrorCode::unavailable, "gone"});
  CHECK(serve_until([&] { return log.count("not available") >= 1; }));
  CHECK(agent->status().display != "connected");
  display = true;
  CHECK(serve_until([&] { return opened == 2; }));
  key(), key();
  CHECK(agent->status().display == "connected");
  agent->stop(1s);
  CHECK(keys_in_buffer() == 3);
}

TEST_CASE_FIXTURE(AgentRig, "a pause collects nothing, and what came before is kept") {
  start();
  key();
  agent->pause(std::nullopt);
  CHECK(agent->status().paused);
  CHECK(keys_in_buffer() == 1);
  agent->resume();
  key(), key();
  CHECK(agent->status().interval.key_count == 2);
  agent->stop(1s);
  CHECK(keys_in_buffer() == 3);
}

namespace {

/// A buffer on a disk that is full for a while.
class FullBuffer final : public Buffer {
 public:
  explicit FullBuffer(std::shared_ptr<Buffer> inner) : inner_(std::move(inner)) {}
  Result<void> append(const Event& event) override {
    if (full) return Error{ErrorCode::no_space, "disk full"};
    return inner_->append(event);
  }
  Result<std::vector<EncodedEvent>> pending(std::size_t count, std::int64_t after) override {
    return inner_->pending(count, after);
  }
  Result<void> settle(std::span<const Settled> settled) override { return inner_->settle(settled); }
  Result<BufferStats> stats() override { return inner_->stats(); }
  void set_bounds(BufferBounds bounds) override { inner_->set_bounds(bounds); }
  bool full = true;

 private:
  std::shared_ptr<Buffer> inner_;
};

}  // namespace

TEST_CASE_FIXTURE(AgentRig, "events wait in memory while the disk is full") {
  auto full = std::make_shared<FullBuffer>(buffer);
  const auto memory = buffer;
  buffer = full;
  start(1s);
  key();
  CHECK(serve_until([&] { return agent->status().waiting >= 2; }));
  CHECK(agent->status().buffer_error == "disk full");
  CHECK(memory->stats()->pending == 0);
  full->full = false;
  CHECK(serve_until([&] { return agent->status().waiting == 0; }));
  agent->stop(1s);
  CHECK(keys_in_buffer() == 1);
}

TEST_CASE_FIXTURE(AgentRig, "after a stop nothing begins anew") {
  start();
  key();
  agent->stop(1s);
  fake.pass(60s);
  CHECK(agent->status().collected == 1);
  agent->pause(std::nullopt);
  agent->resume();
  agent->dispatch();
  CHECK(agent->configure({{"m", 60s, 60s}, 600s}).error().code == ErrorCode::unavailable);
  pollfd one{agent->fd(), POLLIN, 0};
  CHECK(::poll(&one, 1, 0) == 0);
  agent->stop(1s);
  CHECK(opened == 1);
  CHECK(agent->status().collected == 1);
}

namespace {

/// Takes everything until it is cancelled, which holds for good.
class OpenSender final : public Sender {
 public:
  SendOutcome send(std::span<const EncodedEvent> events, const std::optional<AgentState>& agent) override {
    const std::lock_guard lock(mutex_);
    described_ = agent;
    if (cancelled_) return {SendOutcome::retry, {}, {ErrorCode::unavailable, "cancelled"}};
    for (const EncodedEvent& each : events) taken_.push_back(event_in(each));
    return {.status = SendOutcome::settled, .answer = {events.size(), 0, {}}};
  }
  void cancel() noexcept override { cancelled_ = true; }

  std::vector<Event> taken() const {
    const std::lock_guard lock(mutex_);
    return taken_;
  }

  std::optional<AgentState> described() const {
    const std::lock_guard lock(mutex_);
    return described_;
  }

 private:
  std::atomic<bool> cancelled_ = false;
  mutable std::mutex mutex_;
  std::optional<AgentState> described_;
  std::vector<Event> taken_;
};

}  // namespace

TEST_CASE_FIXTURE(AgentRig, "after a new send interval events are sent as before") {
  sender = std::make_shared<OpenSender>();
  start();
  CHECK(agent->configure({{"m", 3600s, 60s}, 600s}));
  key();
  agent->stop(30s);
  CHECK(buffer->stats()->pending == 0);
}

TEST_CASE_FIXTURE(AgentRig, "with its events an agent says how it is") {
  const auto server = std::make_shared<OpenSender>();
  sender = server;
  start();
  CHECK(agent->configure({{"m", 1800s, 60s}, 600s, "9.9"}));
  fake.pass(1s);
  const auto stopped = [&](AgentState::Capture capture) {
    return AgentState{"9.9", 1800, 600, capture, "m", Gap::stopped, fake.now()};
  };
  SUBCASE("working") {
    agent->stop(30s);
    CHECK(server->described() == stopped(AgentState::Capture::working));
  }
  SUBCASE("paused") {
    agent->pause(std::nullopt);
    agent->stop(30s);
    CHECK(server->described() == stopped(AgentState::Capture::paused));
  }
  SUBCASE("without its display") {
    display = false;
    input->fail({ErrorCode::unavailable, "gone"});
    agent->dispatch();
    CHECK(serve_until([&] {
      const auto said = server->described();
      return said && said->capture == AgentState::Capture::failing;
    }));
  }
}

TEST_CASE_FIXTURE(AgentRig, "the first events are sent within seconds, long before the send interval is over") {
  const auto server = std::make_shared<OpenSender>();
  sender = server;
  start(60s);
  key();
  CHECK(serve_until([&] { return server->taken().size() == 1; }));
  for (std::size_t events = 2; events <= 3; ++events) {
    serve(60s, *agent, fake);
    CHECK(wait_until([&] { return server->taken().size() == events; }));
  }
  const std::vector<Event> taken = server->taken();
  CHECK(taken[0].timestamp == at("2024-01-15T10:30:00Z"));
  CHECK(taken[0].key_count == 1);
  std::vector<double> lengths;
  for (const Event& each : taken) lengths.push_back(each.interval_sec);
  CHECK(lengths == std::vector<double>{2, 58, 60});
}

TEST_CASE_FIXTURE(AgentRig, "after a sleep of the machine what waits is sent within seconds") {
  const auto server = std::make_shared<OpenSender>();
  sender = server;
  start(60s);
  serve(150s, *agent, fake);  // the events of the start
  CHECK(wait_until([&] { return server->taken().size() == 3; }));
  fake.jump(8h);
  agent->dispatch();
  CHECK(wait_until([&] { return server->taken().size() == 4; }));
}
