#include "agent/delivery.hpp"

#include "fakes.hpp"
#include "wait.hpp"

#include <doctest/doctest.h>

// In this order: the kernel's header needs the C library's types.
#include <sys/socket.h>

#include <linux/netlink.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <map>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

/// A server in memory: it stores each event once, and fails as it is told to.
class FakeServer final : public Sender {
 public:
  SendOutcome send(std::span<const EncodedEvent> batch, const std::optional<AgentState>& agent) override {
    const std::lock_guard lock(mutex);
    described = agent;
    std::vector<Event> events;
    for (const EncodedEvent& each : batch) events.push_back(event_in(each));
    batches.push_back(events.size());
    if (cancelled) return {SendOutcome::retry, {}, {ErrorCode::unavailable, "cancelled"}};
    if (!failures.empty()) {
      const SendOutcome::Status status = failures.front();
      failures.pop_front();
      return {status, {}, {ErrorCode::unavailable, "told to fail"}};
    }
    if (batches.size() == forbidden_batch)
      return {SendOutcome::forbidden, {}, {ErrorCode::unauthorized, "told to forbid"}};
    SendOutcome outcome{SendOutcome::settled};
    outcome.answer.configuration_version = wanted;
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (events[i].machine_id == forbidden)
        return {SendOutcome::forbidden, {}, {ErrorCode::unauthorized, "not yours"}};
    }
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (events[i].key_count == poison) return {SendOutcome::refused, {}, {ErrorCode::invalid_input, "poison"}};
      if (events[i].key_count == bad) {
        outcome.answer.rejected.push_back({i, "key_count", "is bad"});
      } else if (stored[events[i].timestamp]++ == 0) {
        ++outcome.answer.accepted;
      } else {
        ++outcome.answer.duplicates;
      }
    }
    return outcome;
  }
  void cancel() noexcept override { cancelled = true; }

  bool failures_over() {
    const std::lock_guard lock(mutex);
    return failures.empty();
  }

  std::mutex mutex;
  std::atomic<bool> cancelled = false;  // for good, as the interface says
  std::map<Time, int> stored;
  std::vector<std::size_t> batches;
  std::deque<SendOutcome::Status> failures;
  std::optional<AgentState> described;
  std::optional<std::int64_t> wanted;  // version of the configuration
  std::int64_t poison = -1, bad = -1;
  std::string forbidden;
  std::size_t forbidden_batch = 0;  // counted from 1
};

struct DeliveryRig {
  FakeClock clock{"2024-01-15T10:30:00Z"};
  MemoryLog log;
  NetworkWatch network;
  std::shared_ptr<Buffer> buffer = make_memory_buffer(clock);
  std::shared_ptr<FakeServer> server = std::make_shared<FakeServer>();

  void fill(int count, const std::string& machine_id = "m", int from = 0) {
    for (int i = from; i < from + count; ++i) {
      Event e;
      e.machine_id = machine_id;
      e.timestamp = at("2024-01-15T10:00:00Z") + std::chrono::seconds(i);
      e.key_count = i;
      REQUIRE(buffer->append(e).has_value());
    }
  }
  Delivery::OnAnswer on_answer;
  std::unique_ptr<Delivery> deliver() {
    return std::make_unique<Delivery>(buffer, server, on_answer, 1h, network, clock, log);
  }
};

}  // namespace

TEST_CASE_FIXTURE(DeliveryRig, "a flush sends all that is pending, in batches") {
  fill(1200);
  const auto delivery = deliver();
  CHECK(delivery->flush(30s));
  CHECK(buffer->stats()->pending == 0);
  CHECK(server->stored.size() == 1200);
  CHECK(server->batches == std::vector<std::size_t>{500, 500, 200});
  CHECK(delivery->status().sent == 1200);
}

TEST_CASE_FIXTURE(DeliveryRig, "what was appended before a flush is sent by it") {
  const auto delivery = deliver();
  for (int i = 0; i < 200; ++i) {
    Event e;
    e.machine_id = "m", e.timestamp = at("2024-01-15T10:00:00Z") + std::chrono::seconds(i);
    REQUIRE(buffer->append(e).has_value());
    REQUIRE(delivery->flush(30s));
    REQUIRE(buffer->stats()->pending == 0);
  }
}

TEST_CASE_FIXTURE(DeliveryRig, "a failure keeps everything, and the next try sends it once") {
  fill(10);
  server->failures = {SendOutcome::retry, SendOutcome::retry, SendOutcome::retry};
  const auto delivery = deliver();
  int tries = 0;
  while (!delivery->flush(30s)) {
    REQUIRE(++tries < 5);
    CHECK(buffer->stats()->pending == 10);
    CHECK(delivery->status().last_error == "told to fail");
  }
  CHECK(server->stored.size() == 10);
  CHECK(delivery->status().last_error.empty());
  CHECK(log.count("cannot send") == 1);
}

TEST_CASE_FIXTURE(DeliveryRig, "a refused batch is halved until the culprit is alone; the rest goes through") {
  fill(1000);
  server->poison = 137;
  const auto delivery = deliver();
  CHECK(delivery->flush(30s));
  CHECK(server->stored.size() == 999);
  CHECK(buffer->stats()->pending == 0);
  CHECK(buffer->stats()->aside == 1);
}

TEST_CASE_FIXTURE(DeliveryRig, "a rejected event is kept aside and does not come again") {
  fill(5);
  server->bad = 3;
  const auto delivery = deliver();
  CHECK(delivery->flush(30s));
  CHECK(buffer->stats()->aside == 1);
  CHECK(delivery->status().rejected == 1);
  CHECK(delivery->flush(30s));
  CHECK(server->batches.size() == 1);
}

TEST_CASE_FIXTURE(DeliveryRig, "a new interval goes on with the same sender") {
  const auto delivery = deliver();
  REQUIRE(delivery->flush(30s));
  fill(3);
  delivery->set_interval(2h);
  CHECK(delivery->flush(30s));
  CHECK(server->stored.size() == 3);
}

TEST_CASE_FIXTURE(DeliveryRig, "what is wanted soon does not wait for the next try after many failures") {
  fill(10);
  server->failures = std::deque<SendOutcome::Status>(12, SendOutcome::retry);
  const auto delivery = deliver();
  while (!server->failures_over()) delivery->flush(30s);  // the next try would be within 5 minutes
  delivery->send_soon();
  CHECK(wait_until([&] { return buffer->stats()->pending == 0; }));
}

TEST_CASE_FIXTURE(DeliveryRig, "changes of the network are looked for only while some sending fails") {
  const auto listens = [this] {
    std::array<std::uint32_t, 8> groups{};
    socklen_t size = sizeof groups;
    ::getsockopt(network.fd(), SOL_NETLINK, NETLINK_LIST_MEMBERSHIPS, groups.data(), &size);
    return std::ranges::any_of(groups, [](std::uint32_t group) { return group != 0; });
  };
  std::array<std::atomic<bool>, 2> well{};
  const auto start = [&](std::atomic<bool>& all_done) {
    return std::make_unique<Rounds>(
        "rounds", [&] { return RoundEnd{.all_done = all_done}; }, [] {}, 1h, network, log);
  };
  auto one = start(well[0]), other = start(well[1]);
  CHECK_FALSE(one->flush(30s));
  CHECK_FALSE(other->flush(30s));
  CHECK(listens());
  well[0] = true;
  CHECK(one->flush(30s));
  CHECK(listens());
  well[1] = true;
  CHECK(other->flush(30s));
  CHECK_FALSE(listens());

  well[1] = false;
  CHECK_FALSE(other->flush(30s));
  CHECK(listens());
  other.reset();
  CHECK_FALSE(listens());
}

TEST_CASE_FIXTURE(DeliveryRig, "what the agent says of itself goes along with each batch") {
  const auto delivery = deliver();
  const AgentState state{"1.2", 60, 300, AgentState::Capture::failing};
  delivery->describe(state);
  fill(1);
  CHECK(delivery->flush(30s));
  CHECK(server->described == state);
}

TEST_CASE_FIXTURE(DeliveryRig, "each answer is heard, also to a word without events, and costs nothing if that fails") {
  std::vector<std::optional<std::int64_t>> heard;
  on_answer = [&](const BatchAnswer& answer) {
    heard.push_back(answer.configuration_version);
    throw std::runtime_error("no");
  };
  const auto delivery = deliver();
  fill(1);
  CHECK(delivery->flush(30s));  // of an older server
  server->wanted = 7;
  server->failures = {SendOutcome::retry};
  AgentState state{"1.2", 60, 300, AgentState::Capture::working, "m", Gap::paused};
  delivery->describe(state);
  CHECK_FALSE(delivery->flush(30s));
  CHECK(delivery->flush(30s));
  CHECK(heard == std::vector<std::optional<std::int64_t>>{std::nullopt, 7});
  CHECK(delivery->status().last_error.empty());
}

TEST_CASE_FIXTURE(DeliveryRig, "a new state is told without events, once, and again if it was not taken") {
  const auto delivery = deliver();
  AgentState state{"1.2", 60, 300, AgentState::Capture::working, "m"};
  delivery->describe(state);
  CHECK(delivery->flush(30s));
  CHECK(server->batches.empty());  // nothing new
  state.state = Gap::paused, state.since = clock.now();
  delivery->describe(state);
  server->failures = {SendOutcome::retry};
  CHECK_FALSE(delivery->flush(30s));
  CHECK(delivery->flush(30s));
  CHECK(delivery->flush(30s));
  CHECK(server->batches == std::vector<std::size_t>{0, 0});
  CHECK(server->described == state);

  state.state = Gap::stopped;
  delivery->describe(state);
  fill(1);
  CHECK(delivery->flush(30s));
  CHECK(server->batches == std::vector<std::size_t>{0, 0, 1});  // the event took it along
  state.state.reset();
  delivery->describe(state);
  server->failures = {SendOutcome::refused};  // as an older server may
  CHECK(delivery->flush(30s));
  CHECK(delivery->flush(30s));
  CHECK(server->batches == std::vector<std::size_t>{0, 0, 1, 0});

  state.state = Gap::blind;
  delivery->describe(state);
  CHECK(delivery->flush(30s));
  CHECK(delivery->flush(30s));  // it is still there
  CHECK(server->batches == std::vector<std::size_t>{0, 0, 1, 0, 0, 0});
}

TEST_CASE_FIXTURE(DeliveryRig, "what is held until the word is out is let go of after the round") {
  const auto delivery = deliver();
  fill(1);
  auto held = std::make_shared<int>();
  const std::weak_ptr<int> seen = held;
  delivery->send_now(std::move(held));
  CHECK(wait_until([&] { return seen.expired(); }));
  CHECK(server->stored.size() == 1);
}

TEST_CASE_FIXTURE(DeliveryRig, "events of an earlier machine_id are put aside, and the rest goes through") {
  fill(700, "old");
  fill(5, "m", 700);
  server->forbidden = "old";
  const auto delivery = deliver();
  CHECK(delivery->flush(30s));
  CHECK(server->stored.size() == 5);
  CHECK(buffer->stats()->pending == 0);
  CHECK(buffer->stats()->aside == 700);
  CHECK(server->batches == std::vector<std::size_t>{500, 5});
}

TEST_CASE_FIXTURE(DeliveryRig, "events of several machines in one batch are parted") {
  fill(3, "old");
  fill(3, "m", 3);
  fill(3, "old", 6);
  server->forbidden = "old";
  const auto delivery = deliver();
  CHECK(delivery->flush(30s));
  CHECK(server->stored.size() == 3);
  CHECK(buffer->stats()->aside == 6);
}

TEST_CASE_FIXTURE(DeliveryRig, "while the server takes nothing, what is forbidden is kept") {
  fill(600, "old");
  server->forbidden = "old";
  const auto delivery = deliver();
  CHECK_FALSE(delivery->flush(30s));
  CHECK(buffer->stats()->pending == 600);
  CHECK(buffer->stats()->aside == 0);
  CHECK(delivery->status().last_error == "not yours");
  // One batch a round: the flush may have waited for the first round too, and another may have begun since.
  CHECK(wait_until([&] {
    const auto rounds = static_cast<std::size_t>(delivery->status().failures);
    const std::lock_guard lock(server->mutex);
    return server->batches == std::vector<std::size_t>(rounds, 500);
  }));
}

TEST_CASE_FIXTURE(DeliveryRig, "a 403 in the middle gives up nothing of a machine that the server takes events of") {
  fill(1200);
  server->forbidden_batch = 2;
  const auto delivery = deliver();
  while (!delivery->flush(30s)) {
    CHECK(buffer->stats()->aside == 0);
    CHECK(delivery->status().last_error == "told to forbid");
  }
  CHECK(server->stored.size() == 1200);
  CHECK(buffer->stats()->aside == 0);
}
