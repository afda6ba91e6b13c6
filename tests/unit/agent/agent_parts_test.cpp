// What an agent does with the parts and options it is given: those left out, wrong ones, sources without a descriptor,
// and parts that throw, each at every edge.
#include <activitytrack/agent/agent.hpp>
#include <activitytrack/core/memory_source.hpp>

#include "fakes.hpp"
#include "memory_screen.hpp"
#include "print_error.hpp"
#include "serve.hpp"

#include <doctest/doctest.h>

#include <poll.h>

#include <atomic>
#include <functional>
#include <stdexcept>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

/// While it is on, what asks it throws: an exception, or something that is none.
struct Fault {
  std::atomic<bool> on = false;
  std::atomic<int> thrown = 0;

  void strike() {
    if (!on) return;
    if (++thrown % 2 == 0) throw 7;
    throw std::runtime_error("boom");
  }
};

/// One key at each drain, by a device.
class FaultyInput final : public InputSource {
 public:
  FaultyInput(Fault& in_drain, Fault& in_devices, std::chrono::milliseconds poll_interval)
      : in_drain_(in_drain), in_devices_(in_devices), poll_interval_(poll_interval) {}
  int fd() const noexcept override { return -1; }
  std::chrono::milliseconds poll_interval() const noexcept override { return poll_interval_; }
  Result<void> drain(ClockReading now, std::vector<InputSample>& out) override {
    in_drain_.strike();
    out.push_back({now.ticks, InputKind::key_press, false, 1, 1, 0, 0});
    return {};
  }
  std::vector<InputDevice> take_devices() override { return in_devices_.strike(), std::vector<InputDevice>{{1, "A"}}; }

 private:
  Fault& in_drain_;
  Fault& in_devices_;
  std::chrono::milliseconds poll_interval_;
};

class FaultyFocus final : public FocusSource {
 public:
  explicit FaultyFocus(Fault& fault) : fault_(fault) {}
  int fd() const noexcept override { return -1; }
  Result<void> drain(ClockReading now, std::vector<FocusSample>& out) override {
    fault_.strike();
    if (!std::exchange(told_, true)) out.push_back({now.ticks, "editor", "title"});
    return {};
  }

 private:
  Fault& fault_;
  bool told_ = false;
};

class FaultyLock final : public LockSource {
 public:
  explicit FaultyLock(Fault& fault) : fault_(fault) {}
  Result<bool> locked() override { return fault_.strike(), false; }

 private:
  Fault& fault_;
};

class FaultyClassifier final : public Classifier {
 public:
  explicit FaultyClassifier(Fault& fault) : fault_(fault) {}
  void describe(const InputDevice&) override { fault_.strike(); }
  void session_locked(bool, Ticks) override { fault_.strike(); }
  Stretch add(const InputSample&) override { return fault_.strike(), Stretch{65535}; }  // more than there may be
  Judgement judge(Ticks) override { return fault_.strike(), Judgement(); }
  Judgement preview() const override { return fault_.strike(), Judgement(); }

 private:
  Fault& fault_;
};

class FaultyStats final : public SystemStats {
 public:
  explicit FaultyStats(Fault& fault) : fault_(fault) {}
  Reading read() override { return fault_.strike(), Reading{25.5, 68.25, 45.0, 4096, 8192}; }

 private:
  Fault& fault_;
};

class FaultyZone final : public TimeZoneSource {
 public:
  explicit FaultyZone(Fault& fault) : fault_(fault) {}
  int fd() const noexcept override { return wake_.get(); }
  bool refresh() override { return fault_.strike(), false; }
  std::string name() const override { return fault_.strike(), "Europe/Berlin"; }
  int utc_offset_min(Time) const override { return fault_.strike(), 60; }
  void wake() { wake_.wake(); }

 private:
  Fault& fault_;
  WakeFd wake_;
};

class FaultyBuffer final : public Buffer {
 public:
  FaultyBuffer(std::shared_ptr<Buffer> inner, Fault& writing, Fault& reading, Fault& settling)
      : inner_(std::move(inner)), writing_(writing), reading_(reading), settling_(settling) {}
  Result<void> append(const Event& event) override { return writing_.strike(), inner_->append(event); }
  Result<std::vector<EncodedEvent>> pending(std::size_t count, std::int64_t after) override {
    return reading_.strike(), inner_->pending(count, after);
  }
  Result<void> settle(std::span<const Settled> settled) override { return settling_.strike(), inner_->settle(settled); }
  Result<BufferStats> stats() override { return reading_.strike(), inner_->stats(); }
  void set_bounds(BufferBounds) override {}

 private:
  std::shared_ptr<Buffer> inner_;
  Fault& writing_;
  Fault& reading_;
  Fault& settling_;
};

class FaultySender final : public Sender {
 public:
  explicit FaultySender(Fault& fault) : fault_(fault) {}
  SendOutcome send(std::span<const EncodedEvent> events, const std::optional<AgentState>&) override {
    fault_.strike();
    return {.status = SendOutcome::settled, .answer = {events.size(), 0, {}}};
  }
  void cancel() noexcept override {}

 private:
  Fault& fault_;
};

class FaultyScreen final : public ScreenSource {
 public:
  explicit FaultyScreen(Fault& fault) : fault_(fault) {}
  Result<State> capture(const Request& request, const Sink& sink) override {
    fault_.strike();
    return inner_->capture(request, sink);
  }

 private:
  Fault& fault_;
  std::shared_ptr<MemoryScreen> screen_ = std::make_shared<MemoryScreen>(MemoryScreen{Image(64, 64)});
  std::unique_ptr<ScreenSource> inner_ = make_memory_screen_source(screen_);
};

class FaultyNotifier final : public Notifier {
 public:
  explicit FaultyNotifier(Fault& fault) : fault_(fault) {}
  Result<void> notify(const std::string&, const std::string&) override { return fault_.strike(), Result<void>(); }

 private:
  Fault& fault_;
};

class FaultyScreenshotBuffer final : public ScreenshotBuffer {
 public:
  FaultyScreenshotBuffer(std::shared_ptr<ScreenshotBuffer> inner, Fault& writing, Fault& reading, Fault& settling)
      : inner_(std::move(inner)), writing_(writing), reading_(reading), settling_(settling) {}
  Result<void> append(const Screenshot& shot, std::string_view sealed) override {
    return writing_.strike(), inner_->append(shot, sealed);
  }
  Result<std::vector<Screenshot>> pending(std::size_t count, std::string_view after) override {
    return reading_.strike(), inner_->pending(count, after);
  }
  Result<std::string> read(const Screenshot& shot) override { return reading_.strike(), inner_->read(shot); }
  Result<void> settle(const Screenshot& shot, std::string_view why) override {
    return settling_.strike(), inner_->settle(shot, why);
  }
  Result<BufferStats> stats() override { return reading_.strike(), inner_->stats(); }
  void set_bounds(BufferBounds) override {}

 private:
  std::shared_ptr<ScreenshotBuffer> inner_;
  Fault& writing_;
  Fault& reading_;
  Fault& settling_;
};

class FaultyReceiver final : public ScreenshotSender {
 public:
  explicit FaultyReceiver(Fault& fault) : fault_(fault) {}
  SendOutcome send(const Screenshot&, std::string_view) override {
    return fault_.strike(), SendOutcome{.status = SendOutcome::settled};
  }
  void cancel() noexcept override {}

 private:
  Fault& fault_;
};

/// An agent of parts each of which may be made to throw.
struct PartsRig {
  FakeClock clock{"2024-01-15T10:30:00Z"};
  MemoryLog log;
  Fault opening_input, draining, devices, opening_focus, focus, opening_lock, lock, classifier, stats, zone, writing,
      reading, settling, sending, event_sink, opening_screen, screen, making_notifier, notifier, storing, loading,
      clearing, receiving, key;
  // What the buffers that may throw keep their things in: looked at while they do.
  std::shared_ptr<Buffer> kept_events = make_memory_buffer(clock);
  std::shared_ptr<ScreenshotBuffer> kept_shots = make_memory_screenshot_buffer(clock);
  std::chrono::milliseconds poll_interval{20};
  FaultyZone* the_zone = nullptr;
  std::vector<Event> seen;
  AgentOptions options;
  std::unique_ptr<Agent> agent;

  PartsRig() {
    options.sampler = {"m", 60s, 60s};
    options.send_interval = 3600s;
    options.screenshots.on = true;
    options.screenshots.interval = 1s;
    options.screenshots.notify_each = true;
    MachineKey machine_key;
    machine_key.bytes.fill(5);
    options.screenshots.seal_for = machine_key;
  }

  AgentParts parts() {
    AgentParts parts;
    parts.open_input = [this]() -> Result<std::unique_ptr<InputSource>> {
      return opening_input.strike(), std::make_unique<FaultyInput>(draining, devices, poll_interval);
    };
    parts.open_focus = [this]() -> Result<std::unique_ptr<FocusSource>> {
      return opening_focus.strike(), std::make_unique<FaultyFocus>(focus);
    };
    parts.open_lock = [this]() -> Result<std::unique_ptr<LockSource>> {
      return opening_lock.strike(), std::make_unique<FaultyLock>(lock);
    };
    parts.classifier = std::make_unique<FaultyClassifier>(classifier);
    parts.system = std::make_unique<FaultyStats>(stats);
    auto made_zone = std::make_unique<FaultyZone>(zone);
    the_zone = made_zone.get();
    parts.zone = std::move(made_zone);
    parts.buffer = std::make_shared<FaultyBuffer>(kept_events, writing, reading, settling);
    parts.sender = std::make_shared<FaultySender>(sending);
    parts.on_event = [this](const Event& event) { event_sink.strike(), seen.push_back(event); };
    parts.screenshots.open_screen = [this]() -> Result<std::unique_ptr<ScreenSource>> {
      return opening_screen.strike(), std::make_unique<FaultyScreen>(screen);
    };
    parts.screenshots.make_notifier = [this]() -> std::unique_ptr<Notifier> {
      return making_notifier.strike(), std::make_unique<FaultyNotifier>(notifier);
    };
    parts.screenshots.buffer = std::make_shared<FaultyScreenshotBuffer>(kept_shots, storing, loading, clearing);
    parts.screenshots.sender = std::make_shared<FaultyReceiver>(receiving);
    parts.screenshots.machine_key = [this]() -> Result<MachineKey> { return key.strike(), MachineKey(); };
    return parts;
  }

  void start() { agent = Agent::start(parts(), options, clock, log).value(); }

  template <class Condition>
  bool serve_until(Condition condition) {
    return test::serve_until(*agent, clock, condition);
  }
  void serve(std::chrono::seconds time) { test::serve(time, *agent, clock); }

  AgentStatus::Screenshots shots() { return agent->status().screenshots; }
};

bool is_of_a_throw(const std::string& error) {
  return error.find("threw an exception: boom") != std::string::npos || error.find("threw something") != error.npos;
}

}  // namespace

TEST_CASE("an agent of nothing at all runs, keeps events in memory, and ends") {
  FakeClock clock("2024-01-15T10:30:00Z");
  AgentOptions options;
  options.sampler.machine_id = "m";
  const auto agent = Agent::start({}, options, clock, null_log()).value();
  serve(125s, *agent, clock);
  CHECK(agent->status().collected == 2);
  CHECK(agent->status().buffer.pending == 2);
  agent->pause(std::nullopt);
  agent->resume();
  serve(1s, *agent, clock);
  agent->stop(1s);
  CHECK(agent->status().collected == 4);
}

TEST_CASE("without a classifier it is the device classifier that judges") {
  FakeClock clock("2024-01-15T10:30:00Z");
  AgentParts parts;
  MemorySource<InputSource>* input = nullptr;
  parts.open_input = [&]() -> Result<std::unique_ptr<InputSource>> {
    auto source = std::make_unique<MemorySource<InputSource>>();
    input = source.get();
    return std::unique_ptr<InputSource>(std::move(source));
  };
  std::vector<Event> events;
  parts.on_event = [&](const Event& event) { events.push_back(event); };
  AgentOptions options;
  options.sampler.machine_id = "m";
  const auto agent = Agent::start(std::move(parts), options, clock, null_log()).value();
  input->push({clock.ticks(), InputKind::key_press, true, 1, 1, 0, 0});
  agent->stop(1s);
  REQUIRE(events.size() == 1);
  CHECK(events[0].scripted_reasons.at(0) == "synthetic_device");
}

TEST_CASE_FIXTURE(PartsRig, "wrong options are refused with what to do, at the start and later") {
  AgentOptions wrong = options;
  std::string named;
  SUBCASE("no machine_id") { wrong.sampler.machine_id = "", named = "sampler.machine_id"; }
  SUBCASE("a machine_id that no server takes") {
    wrong.sampler.machine_id = std::string(129, 'm'), named = "sampler.machine_id";
  }
  SUBCASE("no interval") { wrong.sampler.interval = 0s, named = "sampler.interval"; }
  SUBCASE("a negative interval") { wrong.sampler.interval = -60s, named = "sampler.interval"; }
  SUBCASE("a negative idle time") { wrong.sampler.idle_after = -1s, named = "sampler.idle_after"; }
  SUBCASE("no send interval") { wrong.send_interval = 0s, named = "send_interval"; }
  SUBCASE("no interval of screenshots") { wrong.screenshots.interval = 0s, named = "screenshots.interval"; }
  SUBCASE("no key for screenshots") { wrong.screenshots.seal_for = PublicKey(), named = "screenshots.seal_for"; }
  const auto refused = Agent::start(parts(), wrong, clock, log);
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == ErrorCode::invalid_input);
  CHECK(refused.error().message.find(named) != std::string::npos);
  start();
  REQUIRE(agent->configure(wrong).has_error());
  CHECK(agent->status().interval.machine_id == "m");
  agent->stop(1s);
}

TEST_CASE_FIXTURE(PartsRig, "a source without a descriptor is open, and drained as often as it says") {
  options.screenshots.on = false;
  std::int64_t of_ended = 0;  // intervals: the first is short
  AgentParts counted = parts();
  counted.on_event = [&](const Event& event) { of_ended += event.key_count; };
  agent = Agent::start(std::move(counted), options, system_clock(), log).value();
  const auto keys = [&] { return of_ended + agent->status().interval.key_count; };
  CHECK(agent->status().display == "connected");
  for (int n = 0; n < 3; ++n) {
    const std::int64_t before = keys();
    pollfd one{agent->fd(), POLLIN, 0};
    REQUIRE(::poll(&one, 1, 30'000) == 1);
    agent->dispatch();
    CHECK(keys() > before);
  }
  CHECK(log.count("not available") == 0);
  agent->stop(1s);
}

TEST_CASE_FIXTURE(PartsRig, "a source that would never be drained is drained within the hour all the same") {
  options.screenshots.on = false;
  options.sampler.interval = 86'400s;
  poll_interval = std::chrono::milliseconds::max();
  start();
  clock.pass(3s);  // a pause after input, which a source has at each drain
  agent->dispatch();
  const std::int64_t before = agent->status().interval.key_count;
  CHECK(before >= 1);
  clock.pass(1h);
  agent->dispatch();
  CHECK(agent->status().interval.key_count > before);
  agent->stop(1s);
}

TEST_CASE_FIXTURE(PartsRig, "on_event sees each event that the buffer was given") {
  start();
  serve(125s);
  agent->stop(30s);
  REQUIRE(seen.size() == 4);
  CHECK(seen[0].key_count > 0);
  CHECK(seen[0].active_app == "editor");
  CHECK(seen[1].timestamp == seen[0].timestamp + 2s);  // the first one is short
  CHECK(seen[2].timestamp == seen[0].timestamp + 60s);
  CHECK(agent->status().collected == 4);
}

TEST_CASE_FIXTURE(PartsRig, "an input source that throws is lost, and opened again") {
  start();
  Fault* fault = nullptr;
  SUBCASE("in drain") { fault = &draining; }
  SUBCASE("in take_devices") { fault = &devices; }
  fault->on = true;
  opening_input.on = true;
  CHECK(serve_until([&] { return opening_input.thrown >= 2; }));
  CHECK(is_of_a_throw(agent->status().display));
  CHECK(fault->thrown == 1);
  fault->on = opening_input.on = false;
  CHECK(serve_until([&] { return agent->status().display == "connected"; }));
  agent->stop(1s);
}

TEST_CASE_FIXTURE(PartsRig, "a source that is none is not available") {
  AgentParts some = parts();
  some.open_input = [] { return Result<std::unique_ptr<InputSource>>(nullptr); };
  some.open_lock = [] { return Result<std::unique_ptr<LockSource>>(nullptr); };
  some.screenshots.open_screen = [] { return Result<std::unique_ptr<ScreenSource>>(nullptr); };
  some.screenshots.make_notifier = [] { return nullptr; };
  agent = Agent::start(std::move(some), options, clock, log).value();
  serve(3s);
  CHECK(agent->status().display.find("gave none") != std::string::npos);
  agent->stop(1s);
}

TEST_CASE_FIXTURE(PartsRig, "a focus source or a lock source that throws costs what it would have said") {
  for (Fault* fault : {&opening_focus, &opening_lock, &focus, &lock}) fault->on = true;
  start();
  serve(40s);
  opening_focus.on = opening_lock.on = false;
  serve(40s);
  CHECK(focus.thrown >= 1);
  CHECK(lock.thrown >= 1);
  focus.on = lock.on = false;
  CHECK(serve_until([&] { return agent->status().interval.active_app == "editor"; }));
  agent->stop(1s);
  CHECK(seen.at(0).key_count > 0);
}

TEST_CASE_FIXTURE(PartsRig, "those who judge, measure and know the zone cost only what they would have said") {
  for (Fault* fault : {&classifier, &stats, &zone}) fault->on = true;
  start();
  the_zone->wake();
  serve(61s);
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].key_count > 0);
  CHECK(seen[0].input_verdict == Verdict::genuine);
  CHECK_FALSE(seen[0].cpu_percent.has_value());
  CHECK(seen[0].timezone.empty());
  for (Fault* fault : {&classifier, &stats, &zone}) CHECK(fault->thrown > 0);
  CHECK(log.count("a part failed") >= 3);
  for (Fault* fault : {&classifier, &stats, &zone}) fault->on = false;
  serve(60s);
  REQUIRE(seen.size() == 3);
  CHECK(seen[2].cpu_percent == 25.5);
  CHECK(seen[2].timezone == "Europe/Berlin");
  agent->stop(1s);
}

TEST_CASE_FIXTURE(PartsRig, "events wait in memory while a buffer throws, and on_event sees them") {
  writing.on = reading.on = true;
  start();
  serve(61s);
  CHECK(is_of_a_throw(agent->status().buffer_error));
  CHECK(agent->status().waiting == 2);
  CHECK(seen.size() == 2);
  writing.on = reading.on = false;
  serve(60s);
  CHECK(agent->status().waiting == 0);
  CHECK(agent->status().collected == 3);
  agent->stop(30s);
}

TEST_CASE_FIXTURE(PartsRig, "an on_event that throws is logged, and nothing else is lost") {
  event_sink.on = true;
  start();
  serve(121s);
  CHECK(agent->status().collected == 3);
  CHECK(log.count("a part failed") == 3);
  agent->stop(1s);
}

TEST_CASE_FIXTURE(PartsRig,
                  "a sender that throws, and a buffer that does so while it is sent, fail until they do not") {
  Fault* fault = nullptr;
  SUBCASE("the sender") { fault = &sending; }
  SUBCASE("reading") { fault = &reading; }
  SUBCASE("settling") { fault = &settling; }
  start();
  fault->on = true;
  serve(61s);
  options.send_interval = 1800s;  // so that a round begins
  CHECK(agent->configure(options));
  CHECK(serve_until([&] { return is_of_a_throw(agent->status().delivery.last_error); }));
  CHECK(log.count("cannot send events") >= 1);
  CHECK(kept_events->stats()->pending == 2);  // while it is on: what comes after that may be sent at once
  fault->on = false;
  agent->stop(30s);
  CHECK(agent->status().buffer.pending == 0);
}

TEST_CASE_FIXTURE(PartsRig, "a screen that throws is a capture that failed") {
  Fault* fault = nullptr;
  SUBCASE("when it is opened") { fault = &opening_screen; }
  SUBCASE("when it is taken") { fault = &screen; }
  SUBCASE("when it is stored") { fault = &storing; }
  fault->on = true;
  start();
  CHECK(serve_until([&] { return shots().failed >= 1; }));
  CHECK(is_of_a_throw(shots().last_error));
  CHECK(shots().taken == 0);
  fault->on = false;
  CHECK(serve_until([&] { return shots().taken >= 1; }));
  agent->stop(30s);
}

TEST_CASE_FIXTURE(PartsRig, "a notifier that throws is a notice that failed") {
  notifier.on = true;
  start();
  CHECK(serve_until([&] { return is_of_a_throw(shots().notice_error); }));
  CHECK(shots().taken >= 1);
  agent->stop(30s);
}

TEST_CASE_FIXTURE(PartsRig, "without a notifier that can be made, pictures are taken all the same") {
  making_notifier.on = true;
  start();
  CHECK(serve_until([&] { return shots().taken >= 1; }));
  CHECK(log.count("cannot notify") == 1);
  agent->stop(30s);
}

TEST_CASE_FIXTURE(PartsRig, "screenshots stay while what sends them throws") {
  Fault* fault = nullptr;
  SUBCASE("the sender") { fault = &receiving; }
  SUBCASE("the buffer, reading") { fault = &loading; }
  SUBCASE("the buffer, settling") { fault = &clearing; }
  start();
  REQUIRE(serve_until([&] { return shots().buffer.pending >= 1; }));
  fault->on = true;
  options.send_interval = 1800s;  // so that a round begins
  CHECK(agent->configure(options));
  CHECK(serve_until([&] { return is_of_a_throw(shots().delivery.last_error); }));
  CHECK(kept_shots->stats()->pending >= 1);
  fault->on = false;
  agent->stop(30s);
  CHECK(shots().buffer.pending == 0);
}

TEST_CASE_FIXTURE(PartsRig, "without the key of this machine, or while asking for it throws, screenshots stay") {
  AgentParts some = parts();
  const auto kept = some.screenshots.buffer;
  MachineKey machine_key;
  machine_key.bytes.fill(5);
  Screenshot shot;
  shot.machine_id = "m", shot.id = "left", shot.taken_at = clock.now(), shot.size = 1,
  shot.sha256 = std::string(64, 'a');
  REQUIRE(kept->append(shot, seal("x", machine_key)));
  options.screenshots.on = false;
  key.on = true;
  SUBCASE("throwing") {}
  SUBCASE("none") { some.screenshots.machine_key = nullptr; }
  agent = Agent::start(std::move(some), options, clock, log).value();
  CHECK(serve_until([&] { return !shots().delivery.last_error.empty(); }));
  agent->stop(30s);
  CHECK(kept->stats()->pending == 1);
  CHECK(kept->stats()->aside == 0);
}
