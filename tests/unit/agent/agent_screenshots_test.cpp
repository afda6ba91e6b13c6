// Screenshots as the agent's parts take and send them, on a clock that the test moves.
#include <activitytrack/agent/agent.hpp>

#include <activitytrack/core/memory_source.hpp>
#include <activitytrack/desktop/desktop.hpp>
#include <activitytrack/input/input_source.hpp>

#include "fakes.hpp"
#include "memory_screen.hpp"
#include "print_error.hpp"
#include "serve.hpp"
#include "wait.hpp"

#include <doctest/doctest.h>

#include <poll.h>

#include <atomic>
#include <functional>
#include <future>
#include <mutex>
#include <set>
#include <thread>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

class Receiver final : public ScreenshotSender {
 public:
  SendOutcome send(const Screenshot& shot, std::string_view bytes) override {
    const std::lock_guard lock(mutex);
    if (down || cancelled_) return {SendOutcome::retry, {}, {ErrorCode::unavailable, "down"}};
    got.insert(shot.id);
    machine = shot.machine_id;
    jpegs += bytes.starts_with("\xFF\xD8\xFF");
    return {SendOutcome::settled, {}, {}};
  }
  void cancel() noexcept override { cancelled_ = true; }
  std::size_t count() {
    const std::lock_guard lock(mutex);
    return got.size();
  }

  std::mutex mutex;
  std::set<std::string> got;
  std::string machine;  // of the last one
  int jpegs = 0;
  bool down = false;

 private:
  std::atomic<bool> cancelled_ = false;
};

/// Says when its first capture has begun, and waits in it.
class HeldUpSource final : public ScreenSource {
 public:
  HeldUpSource(std::unique_ptr<ScreenSource> inner, std::promise<void>& begun, std::future<void> go_on)
      : inner_(std::move(inner)), begun_(begun), go_on_(std::move(go_on)) {}
  Result<State> capture(const Request& request, const Sink& sink) override {
    if (go_on_.valid()) {
      begun_.set_value();
      go_on_.get();
    }
    return inner_->capture(request, sink);
  }

 private:
  std::unique_ptr<ScreenSource> inner_;
  std::promise<void>& begun_;
  std::future<void> go_on_;
};

struct ScreenshotsRig {
  ScreenshotsRig() {
    screen->image = Image(64, 64);
    key.bytes.fill(5);
    kept_key = key;
    options.sampler = {"m", 3600s, 60s};
    options.send_interval = 3600s;
    options.screenshots.on = true;
    options.screenshots.interval = 1s;
    options.screenshots.seal_for = key;
  }

  void start(Clock* real = nullptr) {
    AgentParts parts;
    parts.open_input = [this]() -> Result<std::unique_ptr<InputSource>> {
      auto source = std::make_unique<MemorySource<InputSource>>();
      input = source.get();
      return std::unique_ptr<InputSource>(std::move(source));
    };
    parts.open_focus = [this]() -> Result<std::unique_ptr<FocusSource>> {
      auto source = std::make_unique<MemorySource<FocusSource>>();
      focus = source.get();
      return std::unique_ptr<FocusSource>(std::move(source));
    };
    parts.classifier = make_device_classifier();
    parts.system = std::make_unique<FakeSystemStats>();
    parts.zone = std::make_unique<FakeZone>();
    parts.buffer = events;
    parts.screenshots.open_screen = [this] { return ++opened, wrap(make_memory_screen_source(screen)); };
    parts.screenshots.buffer = buffer;
    parts.screenshots.sender = receiver;
    parts.screenshots.machine_key = [this] { return kept_key; };
    agent = Agent::start(std::move(parts), options, real ? *real : clock, log).value();
  }

  void key_press(bool synthetic = false) { input->push({clock.ticks(), InputKind::key_press, synthetic, 1, 1, 0, 0}); }
  void look_at(const std::string& app, std::uint64_t window) { focus->push({clock.ticks(), app, "title", window}); }

  template <class Condition>
  bool serve_until(Condition condition) {
    return test::serve_until(*agent, clock, condition);
  }
  template <class Condition>
  bool serve_for(std::chrono::seconds time, Condition condition) {
    return test::serve_for(time, *agent, clock, condition);
  }

  std::int64_t taken() { return agent->status().screenshots.taken; }
  std::int64_t pending() { return buffer->stats()->pending; }

  FakeClock clock{"2024-01-15T10:30:00Z"};
  MemoryLog log;
  MachineKey key;
  Result<MachineKey> kept_key = MachineKey();  // in the file
  std::function<std::unique_ptr<ScreenSource>(std::unique_ptr<ScreenSource>)> wrap = [](auto source) { return source; };
  std::shared_ptr<MemoryScreen> screen = std::make_shared<MemoryScreen>();
  std::shared_ptr<ScreenshotBuffer> buffer = make_memory_screenshot_buffer(clock);
  std::shared_ptr<Receiver> receiver = std::make_shared<Receiver>();
  std::shared_ptr<Buffer> events = make_memory_buffer(clock);
  MemorySource<InputSource>* input = nullptr;
  MemorySource<FocusSource>* focus = nullptr;
  std::atomic<int> opened = 0;
  AgentOptions options;
  std::unique_ptr<Agent> agent;
};

}  // namespace

TEST_CASE_FIXTURE(ScreenshotsRig, "screenshots are taken while the person is active, and sent at the end") {
  start();
  key_press();
  REQUIRE(serve_until([&] { return pending() >= 3; }));
  agent->stop(30s);
  CHECK(pending() == 0);
  CHECK(receiver->got.size() >= 3);
  CHECK(receiver->jpegs == int(receiver->got.size()));
  CHECK(receiver->machine == "m");
}

TEST_CASE_FIXTURE(ScreenshotsRig, "nobody there, or a script alone: none is taken, and the screen stays closed") {
  start();
  key_press(true);
  CHECK_FALSE(serve_for(3s, [&] { return opened > 0; }));
  CHECK(pending() == 0);
}

TEST_CASE_FIXTURE(ScreenshotsRig, "none is taken once the person has been idle for long enough") {
  options.sampler.idle_after = 2s;
  start();
  key_press();
  REQUIRE(serve_until([&] { return taken() >= 1; }));
  REQUIRE(serve_until([&] { return agent->status().interval.active_sec >= 2; }));
  serve(1s, *agent, clock);
  const std::int64_t then = taken();
  CHECK_FALSE(serve_for(3s, [&] { return taken() > then; }));
}

TEST_CASE_FIXTURE(ScreenshotsRig, "a pause ends them at once, and a resume begins them again") {
  start();
  key_press();
  REQUIRE(serve_until([&] { return taken() >= 1; }));
  agent->pause(std::nullopt);
  const std::int64_t then = pending();
  CHECK_FALSE(serve_for(3s, [&] { return pending() > then; }));
  agent->resume();
  key_press();
  CHECK(serve_until([&] { return pending() > then; }));
}

TEST_CASE_FIXTURE(ScreenshotsRig, "they are switched on and off while the agent runs") {
  options.screenshots.on = false;
  start();
  key_press();
  CHECK_FALSE(agent->status().screenshots.on);
  CHECK_FALSE(serve_for(3s, [&] { return opened > 0; }));
  options.screenshots.on = true;
  CHECK(agent->configure(options));
  CHECK(agent->status().screenshots.on);
  REQUIRE(serve_until([&] { return pending() >= 1; }));
  options.screenshots.on = false;
  CHECK(agent->configure(options));
  const std::int64_t then = pending();
  CHECK_FALSE(serve_for(3s, [&] { return pending() > then; }));
}

TEST_CASE_FIXTURE(ScreenshotsRig,
                  "what the agent sealed is opened also if the key's file has gone since, or holds another") {
  SUBCASE("gone") { kept_key = Error{ErrorCode::not_found, "no key"}; }
  SUBCASE("another") { kept_key = MachineKey(); }
  start();
  key_press();
  REQUIRE(serve_until([&] { return pending() >= 1; }));
  agent->stop(30s);
  CHECK(receiver->jpegs >= 1);
  CHECK(buffer->stats()->aside == 0);
}

TEST_CASE_FIXTURE(ScreenshotsRig, "switched off, a capture under way is thrown away") {
  std::promise<void> begun, go_on;
  wrap = [&](std::unique_ptr<ScreenSource> inner) {
    return std::make_unique<HeldUpSource>(std::move(inner), begun, go_on.get_future());
  };
  start();
  key_press();
  const auto under_way = begun.get_future();
  REQUIRE(serve_until([&] { return under_way.wait_for(0s) == std::future_status::ready; }));
  options.screenshots.on = false;
  CHECK(agent->configure(options));  // does not wait for it
  go_on.set_value();
  agent->stop(30s);
  CHECK(receiver->got.empty());
  CHECK(pending() == 0);
}

TEST_CASE_FIXTURE(ScreenshotsRig, "a capture that hangs holds up neither the last interval nor the events") {
  std::promise<void> begun, go_on;
  wrap = [&](std::unique_ptr<ScreenSource> inner) {
    return std::make_unique<HeldUpSource>(std::move(inner), begun, go_on.get_future());
  };
  start();
  key_press();
  const auto under_way = begun.get_future();
  REQUIRE(serve_until([&] { return under_way.wait_for(0s) == std::future_status::ready; }));
  std::thread stopping([&] { agent->stop(30s); });
  const bool stored = wait_until([&] { return events->stats()->pending >= 1; });
  go_on.set_value();
  stopping.join();
  CHECK(stored);
}

TEST_CASE_FIXTURE(ScreenshotsRig, "switched off until all was sent, and on again, they are sent by the same sender") {
  start();
  key_press();
  REQUIRE(serve_until([&] { return pending() >= 1; }));
  options.screenshots.on = false;
  options.send_interval = 1s;
  CHECK(agent->configure(options));
  REQUIRE(serve_until([&] { return pending() == 0; }));
  agent->status();
  options.screenshots.on = true;
  CHECK(agent->configure(options));
  const std::size_t before = receiver->count();
  key_press();
  CHECK(serve_until([&] { return receiver->count() > before; }));
}

TEST_CASE_FIXTURE(ScreenshotsRig, "switched off, what waits is sent all the same") {
  options.screenshots.on = false;
  Screenshot shot;
  shot.machine_id = "m", shot.id = "left", shot.size = 1, shot.sha256 = std::string(64, 'a');
  REQUIRE(buffer->append(shot, seal("x", key)));
  start();
  CHECK(serve_until([&] { return pending() == 0; }));
}

TEST_CASE_FIXTURE(ScreenshotsRig, "another window in the focus is a moment, a title is not") {
  options.screenshots.moment = AgentOptions::Screenshots::Moment::focus;
  start();
  key_press();
  look_at("editor", 1);
  serve(1s, *agent, clock);
  look_at("editor", 1);
  CHECK_FALSE(serve_for(3s, [&] { return taken() > 0; }));
  look_at("editor", 2);
  CHECK(serve_until([&] { return taken() == 1; }));
}

TEST_CASE(
    "at rest there is nothing to wake for; screenshots cost no wake-up while off, and one for each moment while on") {
  ScreenshotsRig without, off, on;
  without.buffer = nullptr;
  off.options.screenshots.on = false;
  std::vector<pollfd> fds;
  for (ScreenshotsRig* rig : {&without, &off, &on}) {
    rig->options.screenshots.interval = 3600s;
    rig->start(&system_clock());
    rig->agent->dispatch();
    fds.push_back({rig->agent->fd(), POLLIN, 0});
  }
  CHECK(::poll(fds.data(), fds.size(), 2500) == 0);
}

TEST_CASE_FIXTURE(ScreenshotsRig, "to another place, they are sent there") {
  receiver->down = true;
  start();
  key_press();
  REQUIRE(serve_until([&] { return pending() >= 1; }));
  const auto other = std::make_shared<Receiver>();
  REQUIRE(agent->replace_screenshot_sender(other));
  agent->stop(30s);
  CHECK(pending() == 0);
  CHECK(other->got.size() >= 1);
  CHECK(receiver->got.empty());
}
