// The webhook: where it may point, how what it tells is signed, and what it tells when.
#include "server/fleet/webhook.hpp"

#include <doctest/doctest.h>

#include "api.hpp"
#include "scripted_server.hpp"

#include <mutex>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

struct Hooked : Api {
  Hooked() { services.webhook = &hook; }

  Response put(const std::string& body) {
    return call({.method = "PUT", .content_type = "application/json", .body = body}, "/api/webhook");
  }

  Webhook hook{{*store.reader, {*store.database, machine_states, configuration}, clock, log}};
};

/// Keeps what it is told, and answers with the next of `statuses`, or 204.
struct HookReceiver {
  std::mutex mutex;
  std::vector<std::string> told{};
  std::vector<std::string> statuses{};
  ScriptedServer server{{[this](Peer& peer) {
    std::string request = peer.read_request();
    const std::lock_guard lock(mutex);
    told.push_back(std::move(request));
    std::string status = "204 No Content";
    if (!statuses.empty()) status = statuses.front(), statuses.erase(statuses.begin());
    peer.write(http_answer("", status, "Location: /elsewhere\r\nConnection: close\r\n"));
  }}};

  std::size_t count() {
    const std::lock_guard lock(mutex);
    return told.size();
  }
  boost::json::value last() {
    const std::lock_guard lock(mutex);
    return boost::json::parse(body_of(told.back()));
  }
};

struct Telling : Api {
  HookReceiver receiver;
  const WebhookSettings settings{
      .url = receiver.server.url("/hook"), .causes = {"offline", "clock_off"}, .secret = "0123456789abcdef"};

  Webhook::Parts parts() { return {*store.reader, {*store.database, machine_states, configuration}, clock, log}; }

  void set(const WebhookSettings& wanted) {
    REQUIRE(store.database->transact([&] { return set_webhook(*store.database, wanted); }).has_value());
  }

  void hear_of(const std::string& machine) {
    REQUIRE(post(R"([{"machine_id":")" + machine + R"(","timestamp":")" + format_timestamp(clock.now()) + R"("}])")
                .status == 200);
  }
};

std::string told_causes(const boost::json::value& list) {
  std::string all;
  for (const auto& each : list.as_array()) {
    all.append(each.at("cause").as_string()) += ':';
    for (const auto& machine : each.at("machines").as_array()) all.append(machine.as_string()) += ' ';
  }
  return all;
}

}  // namespace

TEST_CASE("the signature is that of openssl") {
  // printf '1705314600.{"event":"test"}' | openssl dgst -sha256 -hmac whs_key
  CHECK(webhook_signature("whs_key", at("2024-01-15T10:30:00Z"), R"({"event":"test"})") ==
        "t=1705314600,v1=60162f825ccbfd9d0f336d3d85e2f717dfea5ef153d8aed0f0fc1d0a651f2286");
}

TEST_CASE("a webhook is asked by https, or at this machine, and not in private networks unless they are allowed") {
  for (const char* url : {"https://hooks.example/a?b=c", "https://1.1.1.1/", "http://localhost:8080/", "http://[::1]/",
                          "https://127.0.0.1/"}) {
    CAPTURE(url);
    CHECK(check_webhook_url(url, false).has_value());
  }
  for (const char* url : {"", "ftp://a.example/", "http://hooks.example/", "https://user@hooks.example/",
                          "https://:password@hooks.example/", "https://hooks.example/#a"}) {
    CAPTURE(url);
    CHECK(check_webhook_url(url, true).has_error());
  }
  for (const char* url : {"https://10.0.0.1/", "https://169.254.169.254/", "https://[fe80::1]/", "https://0.0.0.0/"}) {
    CAPTURE(url);
    CHECK(check_webhook_url(url, false).has_error());
    CHECK(check_webhook_url(url, true).has_value());
  }
  CHECK(check_webhook_url("https://a.example/" + std::string(2'000, 'a'), false).has_error());
}

TEST_CASE_FIXTURE(Hooked, "a secret is made and shown once, and stays with the origin") {
  CHECK(json_of(get("/api/webhook")).at("url").is_null());
  const auto made = json_of(put(R"({"url":"https://a.example/one"})"));
  const std::string secret(made.at("secret").as_string());
  CHECK(secret.starts_with("whs_"));
  CHECK(made.at("causes").as_array().size() == attention_causes().size());
  CHECK(!json_of(get("/api/webhook")).as_object().contains("secret"));
  CHECK(!json_of(put(R"({"url":"https://a.example/two","causes":["offline"]})")).as_object().contains("secret"));
  CHECK(find_webhook(*store.database).value()->secret == secret);
  CHECK(json_of(put(R"({"url":"https://b.example/"})")).at("secret") != boost::json::string(secret));
  CHECK(!json_of(put(R"({"url":"https://b.example/","secret":"0123456789abcdef"})")).as_object().contains("secret"));
  CHECK(find_webhook(*store.database).value()->secret == "0123456789abcdef");
  CHECK(put(R"({"url":"https://b.example/","secret":"short"})").status == 400);
  CHECK(put(R"({"url":"https://b.example/","causes":["unheard_of"]})").status == 400);
  CHECK(put(R"({"url":"https://10.0.0.1/"})").status == 400);
  CHECK(call({.method = "DELETE"}, "/api/webhook").status == 200);
  CHECK(call({.method = "DELETE"}, "/api/webhook").status == 404);
  CHECK(call({.method = "POST"}, "/api/webhook/test").status == 404);
}

TEST_CASE_FIXTURE(Telling, "what begins and ends is told once, and again until it got through") {
  Webhook hook(parts());
  hear_of("vm-1");
  hear_of("vm-2");
  CHECK(hook.test().error().code == ErrorCode::not_found);
  set(settings);
  REQUIRE(hook.look().has_value());
  CHECK(receiver.count() == 0);

  clock.pass(1h);
  hear_of("vm-2");
  receiver.statuses = {"500 No", "302 Found"};
  CHECK(hook.look().error().message == "it answered 500");
  CHECK(hook.look().has_error());
  REQUIRE(hook.look().has_value());
  CHECK(receiver.count() == 3);
  CHECK(told_causes(receiver.last().at("began")) == "offline:vm-1 ");
  CHECK(receiver.last().at("ended").as_array().empty());
  REQUIRE(hook.look().has_value());
  CHECK(receiver.count() == 3);

  hear_of("vm-1");
  Webhook restarted(parts());
  hook.give_up_turn();
  REQUIRE(restarted.look().has_value());
  CHECK(receiver.count() == 4);
  CHECK(told_causes(receiver.last().at("ended")) == "offline:vm-1 ");
  CHECK(receiver.last().at("began").as_array().empty());
}

TEST_CASE_FIXTURE(Telling, "one server has the turn, and another takes it when that is gone") {
  Webhook first(parts()), second(parts());
  hear_of("vm-1");
  set(settings);
  REQUIRE(first.look().has_value());
  clock.pass(1h);
  REQUIRE(first.look().has_value());
  hear_of("vm-1");
  for (int i = 0; i < 2; ++i) {
    clock.pass(1min);
    REQUIRE(second.look().has_value());
    CHECK(receiver.count() == 1);
  }
  clock.pass(1min);
  REQUIRE(second.look().has_value());
  CHECK(receiver.count() == 2);
  const auto whose = [&] { return select_number(*store.database, "SELECT server FROM webhook_turn").value(); };
  const auto seconds = whose();
  REQUIRE(first.look().has_value());
  CHECK(whose() == seconds);
  clock.jump(-2h);  // it was wrong: the turn is of a time to come
  REQUIRE(first.look().has_value());
  CHECK(whose() != seconds);
}

TEST_CASE_FIXTURE(Telling, "another address is told all anew, and a cause that is not wanted does not end") {
  Webhook hook(parts());
  hear_of("vm-1");
  clock.pass(1h);
  set(settings);
  REQUIRE(hook.look().has_value());
  auto other = settings;
  other.causes = {"clock_off"};
  set(other);
  REQUIRE(hook.look().has_value());
  CHECK(receiver.count() == 1);
  other.causes = settings.causes;
  other.url += "2";
  set(other);
  REQUIRE(hook.look().has_value());
  CHECK(receiver.count() == 2);
  CHECK(told_causes(receiver.last().at("began")) == "offline:vm-1 ");
  CHECK(hook.test().value() == 204);
  CHECK(receiver.last().at("event") == "test");
}
