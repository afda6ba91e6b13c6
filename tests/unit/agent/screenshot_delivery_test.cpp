#include "agent/screenshot_delivery.hpp"

#include "fakes.hpp"
#include "print_error.hpp"
#include "screenshots.hpp"
#include "temp_folder.hpp"
#include "wait.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <future>
#include <map>
#include <set>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

/// A receiver in memory: it stores each screenshot once, and fails as it is told to.
class FakeReceiver final : public ScreenshotSender {
 public:
  SendOutcome send(const Screenshot& shot, std::string_view bytes) override {
    const std::lock_guard lock(mutex);
    ++tries;
    if (cancelled) return {SendOutcome::retry, {}, {ErrorCode::unavailable, "cancelled"}};
    if (!failures.empty()) {
      const SendOutcome::Status status = failures.front();
      failures.pop_front();
      return {status, {}, {ErrorCode::unavailable, "told to fail"}};
    }
    if (shot.machine_id == forbidden) return {SendOutcome::forbidden, {}, {ErrorCode::unauthorized, "not yours"}};
    if (held.contains(shot.id)) return {SendOutcome::retry, {}, {ErrorCode::invalid_input, "too large"}, true};
    if (shot.id == poison) return {SendOutcome::refused, {}, {ErrorCode::invalid_input, "poison"}};
    stored.emplace(shot.id, bytes);
    order.push_back(shot.id);
    return {SendOutcome::settled, {}, {}};
  }
  void cancel() noexcept override { cancelled = true; }

  std::mutex mutex;
  std::atomic<bool> cancelled = false;
  std::map<std::string, std::string> stored;
  std::vector<std::string> order;
  std::deque<SendOutcome::Status> failures;
  std::string forbidden, poison;
  std::set<std::string> held;
  int tries = 0;
};

struct ScreenshotDeliveryRig {
  ScreenshotDeliveryRig() { key.bytes.fill(3); }

  Screenshot put(int n, const std::string& machine_id = "m", Screenshot::Format format = Screenshot::Format::jpeg) {
    Screenshot shot = numbered_screenshot(n);
    shot.machine_id = machine_id;
    shot.format = format;
    const std::string bytes = "picture " + std::to_string(n);
    const std::string sealed = format == Screenshot::Format::jpeg ? seal(bytes, key) : "sealed " + bytes;
    REQUIRE(buffer->append(shot, format == Screenshot::Format::none ? "" : sealed));
    return shot;
  }

  std::unique_ptr<ScreenshotDelivery> deliver() {
    return std::make_unique<ScreenshotDelivery>(
        buffer, receiver,
        [this] {
          ++key_asked;
          return key_given;
        },
        1h, network, clock, log);
  }

  FakeClock clock{"2024-01-15T10:30:00Z"};
  MemoryLog log;
  NetworkWatch network;
  MachineKey key;
  Result<MachineKey> key_given = [] {
    MachineKey k;
    k.bytes.fill(3);
    return k;
  }();
  std::atomic<int> key_asked = 0;
  std::shared_ptr<ScreenshotBuffer> buffer = make_memory_screenshot_buffer(clock);
  std::shared_ptr<FakeReceiver> receiver = std::make_shared<FakeReceiver>();
};

}  // namespace

TEST_CASE_FIXTURE(ScreenshotDeliveryRig, "a flush sends all screenshots, oldest first") {
  for (int n = 119; n >= 0; --n) put(n);
  const auto delivery = deliver();
  CHECK(delivery->flush(30s));
  CHECK(buffer->stats()->pending == 0);
  REQUIRE(receiver->order.size() == 120);
  CHECK(std::ranges::is_sorted(receiver->order));
  CHECK(delivery->status().sent == 120);
}

TEST_CASE_FIXTURE(ScreenshotDeliveryRig,
                  "what this machine sealed is opened on its way, what a receiver's key sealed is not") {
  const Screenshot plain = put(1);
  const auto delivery = deliver();
  CHECK(delivery->flush(30s));
  CHECK(receiver->stored.at(plain.id) == "picture 1");
  const int asked = key_asked;
  const Screenshot sealed = put(2, "m", Screenshot::Format::sealed);
  const Screenshot same = put(3, "m", Screenshot::Format::none);
  CHECK(delivery->flush(30s));
  CHECK(receiver->stored.at(sealed.id) == "sealed picture 2");
  CHECK(receiver->stored.at(same.id).empty());
  CHECK(key_asked == asked);
}

TEST_CASE_FIXTURE(ScreenshotDeliveryRig,
                  "a failure keeps every screenshot, and the next try goes on with the first that is left") {
  for (int n = 0; n < 10; ++n) put(n);
  receiver->failures = {SendOutcome::retry, SendOutcome::retry, SendOutcome::retry};
  const auto delivery = deliver();
  int tries = 0;
  while (!delivery->flush(30s)) {
    REQUIRE(++tries < 5);
    CHECK(buffer->stats()->pending == 10);
    CHECK(delivery->status().last_error == "told to fail");
  }
  CHECK(receiver->order.size() == 10);
  CHECK(receiver->stored.size() == 10);
  CHECK(log.count("cannot send") == 1);
}

TEST_CASE_FIXTURE(ScreenshotDeliveryRig, "a refused one is put aside, and the rest goes through") {
  for (int n = 0; n < 5; ++n) put(n);
  receiver->poison = numbered_screenshot(2).id;
  const auto delivery = deliver();
  CHECK(delivery->flush(30s));
  CHECK(receiver->stored.size() == 4);
  CHECK(buffer->stats()->aside == 1);
  CHECK(delivery->status().rejected == 1);
}

TEST_CASE_FIXTURE(ScreenshotDeliveryRig,
                  "a damaged one, or one for a lost key, is put aside, and the rest goes through") {
  const Screenshot first = put(0);
  Screenshot damaged = numbered_screenshot(1);
  std::string bytes = seal("picture", key);
  bytes[bytes.size() - 3] = static_cast<char>(bytes[bytes.size() - 3] ^ 1);
  REQUIRE(buffer->append(damaged, bytes));
  MachineKey lost;
  REQUIRE(buffer->append(numbered_screenshot(2), seal("picture", lost)));
  REQUIRE(buffer->append(numbered_screenshot(3), "what is this"));
  const Screenshot last = put(4);
  const auto delivery = deliver();
  CHECK(delivery->flush(30s));
  CHECK(receiver->stored.size() == 2);
  CHECK(buffer->stats()->aside == 3);
  CHECK(buffer->stats()->pending == 0);
  CHECK(log.count("cannot be opened") == 3);
}

TEST_CASE_FIXTURE(ScreenshotDeliveryRig, "a key that cannot be read just now gives nothing up") {
  put(1);
  key_given = Error{ErrorCode::permission, "machine_key: others can get at this key"};
  const auto delivery = deliver();
  CHECK_FALSE(delivery->flush(30s));
  CHECK(buffer->stats()->pending == 1);
  CHECK(buffer->stats()->aside == 0);
  CHECK(delivery->status().last_error.find("machine_key") != std::string::npos);
}

TEST_CASE_FIXTURE(ScreenshotDeliveryRig, "without the key of this machine, what needs none goes through") {
  for (int n = 0; n < 30; ++n) put(n);
  put(30, "m", Screenshot::Format::sealed);
  put(31, "m", Screenshot::Format::none);
  key_given = Error{ErrorCode::unavailable, "this program has no key"};
  const auto delivery = deliver();
  CHECK_FALSE(delivery->flush(30s));
  CHECK(receiver->stored.size() == 2);
  CHECK(buffer->stats()->pending == 30);
  CHECK(buffer->stats()->aside == 0);
  CHECK(wait_until([&] { return delivery->status().last_error == "this program has no key"; }));
  const int asked = key_asked;
  CHECK(asked >= 1);
  CHECK(asked <= 5);  // once a round, not for each
}

TEST_CASE_FIXTURE(ScreenshotDeliveryRig, "what a key sealed that is gone is put aside, and the rest goes through") {
  put(1);
  put(2, "m", Screenshot::Format::sealed);
  key_given = Error{ErrorCode::not_found, "machine_key: no such file"};
  const auto delivery = deliver();
  CHECK(delivery->flush(30s));
  CHECK(buffer->stats()->aside == 1);
  CHECK(receiver->stored.size() == 1);
}

TEST_CASE_FIXTURE(ScreenshotDeliveryRig, "screenshots of an earlier machine_id are put aside, asked about once") {
  for (int n = 0; n < 100; ++n) put(n, "old");
  for (int n = 100; n < 103; ++n) put(n);
  receiver->forbidden = "old";
  const auto delivery = deliver();
  CHECK(delivery->flush(30s));
  CHECK(receiver->stored.size() == 3);
  CHECK(buffer->stats()->aside == 100);
  CHECK(receiver->tries == 4);
}

TEST_CASE_FIXTURE(ScreenshotDeliveryRig, "while nothing is taken, forbidden screenshots are kept") {
  for (int n = 0; n < 100; ++n) put(n, "old");
  receiver->forbidden = "old";
  const auto delivery = deliver();
  CHECK_FALSE(delivery->flush(30s));
  CHECK(buffer->stats()->pending == 100);
  CHECK(buffer->stats()->aside == 0);
  CHECK(delivery->status().last_error == "not yours");
}

TEST_CASE_FIXTURE(ScreenshotDeliveryRig,
                  "a 403 in the middle gives up nothing of a machine that screenshots are taken of") {
  for (int n = 0; n < 10; ++n) put(n);
  receiver->failures = {SendOutcome::settled, SendOutcome::forbidden};
  const auto delivery = deliver();
  while (!delivery->flush(30s)) {
    CHECK(buffer->stats()->aside == 0);
    CHECK(delivery->status().last_error == "told to fail");
  }
  CHECK(receiver->stored.size() == 9);
  CHECK(buffer->stats()->aside == 0);
}

TEST_CASE_FIXTURE(ScreenshotDeliveryRig,
                  "a receiver that refuses the one and forbids the other gives up nothing for good") {
  put(0, "m"), put(1, "old");
  receiver->poison = numbered_screenshot(0).id;
  receiver->forbidden = "old";
  CHECK_FALSE(deliver()->flush(30s));
  CHECK(buffer->stats()->aside == 1);
  CHECK(buffer->stats()->pending == 1);
}

TEST_CASE_FIXTURE(ScreenshotDeliveryRig, "one that is not taken stays, and holds up no other") {
  for (int n = 0; n < 5; ++n) put(n);
  receiver->held = {numbered_screenshot(1).id};
  const auto delivery = deliver();
  CHECK_FALSE(delivery->flush(30s));
  CHECK(receiver->stored.size() == 4);
  CHECK(buffer->stats()->pending == 1);
  CHECK(delivery->status().last_error == "too large");
  {
    const std::lock_guard lock(receiver->mutex);
    receiver->held.clear();
  }
  CHECK(delivery->flush(30s));
  CHECK(receiver->stored.size() == 5);
}

TEST_CASE_FIXTURE(ScreenshotDeliveryRig,
                  "a receiver that takes none is not sent all at every try; many that are held hold up no other") {
  constexpr int many = 35, others = 5;
  for (int n = 0; n < many + others; ++n) {
    put(n);
    if (n < many) receiver->held.insert(numbered_screenshot(n).id);
  }
  const auto delivery = deliver();
  CHECK_FALSE(delivery->flush(30s));
  CHECK(receiver->tries <= 20);  // a round that was under way, and that of the flush
  for (int i = 0; i < 4; ++i) CHECK_FALSE(delivery->flush(30s));
  CHECK(receiver->stored.size() == others);
  CHECK(buffer->stats()->pending == many);
  CHECK(buffer->stats()->aside == 0);
}

TEST_CASE_FIXTURE(ScreenshotDeliveryRig, "its end cancels what is under way, keeps it, and says nothing") {
  class Hanging final : public ScreenshotSender {
   public:
    SendOutcome send(const Screenshot&, std::string_view) override {
      begun.set_value();
      cancelled.get_future().wait();
      return {SendOutcome::retry, {}, {ErrorCode::unavailable, "cancelled"}};
    }
    void cancel() noexcept override { cancelled.set_value(); }
    std::promise<void> begun, cancelled;
  };
  put(1);
  const auto hanging = std::make_shared<Hanging>();
  {
    const ScreenshotDelivery delivery(
        buffer, hanging, [this] { return key_given; }, 1h, network, clock, log);
    hanging->begun.get_future().wait();
  }
  CHECK(buffer->stats()->pending == 1);
  CHECK(log.count("cannot send") == 0);
}

TEST_CASE_FIXTURE(ScreenshotDeliveryRig,
                  "a day of captures waits out a receiver that is down, also through new starts, and arrives once") {
  const TempFolder folder(memory_path());
  const auto open = [&] { buffer = make_folder_screenshot_buffer(folder.path, clock, log).value(); };
  open();
  constexpr int captures = 24 * 12;
  std::set<std::string> taken;
  for (int n = 0; n < captures; ++n) {
    taken.insert(put(300 * n, "m", n % 3 == 0 ? Screenshot::Format::sealed : Screenshot::Format::jpeg).id);
    if (n % 50 != 0) continue;
    receiver->failures.assign(100, SendOutcome::retry);
    CHECK_FALSE(deliver()->flush(30s));
    receiver->failures.clear();
    receiver->cancelled = false;
    open();
  }
  CHECK(buffer->stats()->pending == captures);
  const auto delivery = deliver();
  CHECK(delivery->flush(60s));
  CHECK(receiver->order.size() == captures);
  CHECK(std::set(receiver->order.begin(), receiver->order.end()) == taken);
  CHECK(std::ranges::is_sorted(receiver->order));
  CHECK(buffer->stats()->bytes == 0);
}
