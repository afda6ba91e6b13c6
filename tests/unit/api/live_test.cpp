// What those who watch machines are told (LiveNews, GET /api/live), without sockets.
#include <doctest/doctest.h>

#include "api.hpp"
#include "server/accounts/users.hpp"
#include "server/fleet/live_news.hpp"
#include "wait.hpp"

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

struct Live : Api {
  Live() {
    services.live = &news;
    ingest.on_heard([this](std::span<const std::string> machines) { news.note_heard_of(machines); });
    machine_states.on_news([this](const std::string& machine) { news.note_said(machine); });
  }
  ~Live() {
    news.stop();
    ingest.stop();
  }

  void send(const std::string& machine, const std::string& timestamp = "2024-01-15T11:59:00Z") {
    REQUIRE(post(R"([{"machine_id":")" + machine + R"(","timestamp":")" + timestamp + R"("}])").status == 200);
  }

  std::shared_ptr<LiveSource> watch(const std::string& query = "", Principal who = Principal::anyone(),
                                    const std::string& last_event_id = "") {
    Request request{.method = "GET", .last_event_id = last_event_id, .identity = std::move(who)};
    request.target = parse_target("/api/live" + query).value();
    return get_live(request, services).value().live;
  }

  LiveNews news{{*store.reader, {*store.database, machine_states, configuration}, nullptr, clock, log, 3}};
};

/// All that has come until it holds `text`.
std::string heard(LiveSource& source, std::string_view text) {
  std::string all;
  const bool came = wait_until([&] {
    all += source.take().value_or("(ended)");
    return all.find(text) != std::string::npos || all.ends_with("(ended)");
  });
  CHECK(came);
  return all;
}

/// The value of the last "id: " in it.
std::string last_id(const std::string& events) {
  const auto at = events.rfind("id: ") + 4;
  return events.substr(at, events.find('\n', at) - at);
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE_FIXTURE(Live, "a machine that is heard of is told of, and again when it is another") {
  const auto source = watch();
  CHECK(source->take()->starts_with("retry: 2000\nid: "));
  send("vm-1");
  const std::string first = heard(*source, "event: machine");
  CHECK(holds(first, R"(data: {"machine_id":"vm-1","state":"idle")"));
  send("vm-1", "2024-01-15T12:00:00Z");
  CHECK(holds(heard(*source, "event: machine"), R"("latest_event":"2024-01-15T12:00:00Z")"));
}

TEST_CASE_FIXTURE(Live, "who watches hears of the machines that they may see and ask for, and of no others") {
  const Principal ann{.kind = Principal::Kind::person, .role = Role::viewer, .machines = {"a", "b"}, .is_anyone = true};
  const auto both = watch("", ann), one = watch("?machines=b,c", ann), none = watch("?group=office", ann);
  for (const char* machine : {"c", "a", "b"}) send(machine);
  CHECK(holds(heard(*both, R"("machine_id":"b")"), R"("machine_id":"a")"));
  const std::string of_one = heard(*one, R"("machine_id":"b")");
  CHECK(!holds(of_one, R"("machine_id":"a")"));
  CHECK(!holds(of_one, R"("machine_id":"c")"));
  CHECK(!holds(*none->take(), "machine_id"));
  CHECK(watch() == nullptr);  // a fourth
}

TEST_CASE_FIXTURE(Live, "who comes back hears what they missed, or that they have to ask anew") {
  auto source = watch();
  send("vm-1");
  const std::string id = last_id(heard(*source, "event: machine"));
  source.reset();
  const auto keeps = watch();
  send("vm-2");
  heard(*keeps, "vm-2");
  const std::string missed = heard(*watch("", Principal::anyone(), id), "vm-2");
  CHECK(!holds(missed, "vm-1"));
  CHECK(!holds(missed, "event: reset"));
  CHECK(holds(*watch("", Principal::anyone(), "another-1")->take(), "event: reset"));
}

TEST_CASE_FIXTURE(Live, "what an agent says of its configuration is told, and that it needs attention") {
  send("vm-1");
  const auto source = watch();
  machine_states.note(
      "vm-1",
      {.asked_at = clock.now(), .state = MachineConfigurationState::State::refused, .error_key = "idle_after_sec"});
  const std::string told = heard(*source, "event: attention\ndata: {}");
  CHECK(holds(told, "event: configuration"));
  CHECK(holds(told, R"("state":"refused","version":0,"applied_version":0,"error_key":"idle_after_sec")"));
}

TEST_CASE_FIXTURE(Live, "who may not see it any more is not shown more") {
  const auto add = [&](const User& wanted) {
    return transact(*store.database, [&] { return add_user(*store.database, wanted, "", clock.now()); }).value();
  };
  add({.name = "root", .role = Role::admin});
  const auto source = watch("", principal_of(add({.name = "ann", .role = Role::viewer, .machines = {"a", "b"}})));
  send("a");
  heard(*source, R"("machine_id":"a")");
  const UserChange only_b{.machines = std::vector<std::string>{"b"}};
  REQUIRE(transact(*store.database, [&] { return change_user(*store.database, "ann", only_b); }).has_value());
  news.note_accounts();
  send("a", "2024-01-15T12:01:00Z");
  send("b");
  CHECK(!holds(heard(*source, R"("machine_id":"b")"), R"("machine_id":"a")"));
  REQUIRE(transact(*store.database, [&] { return remove_user(*store.database, "ann"); }).has_value());
  news.note_accounts();
  heard(*source, "(ended)");
}

TEST_CASE("who reads too slowly is told to ask anew") {
  LiveChannel channel(10, 1);
  const auto stream =
      channel.open(std::make_shared<LiveStream>(channel, Principal::anyone(), LiveStream::Filter{}), "");
  CHECK(stream->take().has_value());
  for (int i = 0; i < 11; ++i) channel.tell("", "rollout", "{}");
  CHECK(*stream->take() == "event: reset\ndata: {}\n\n");
  CHECK(*stream->take() == "");
  channel.tell("", "rollout", R"({"wave":1})");
  CHECK(holds(*stream->take(), "event: rollout\ndata: {\"wave\":1}\n\n"));
  channel.close();
  CHECK(!stream->take());
  CHECK(channel.open(std::make_shared<LiveStream>(channel, Principal::anyone(), LiveStream::Filter{}), "") == nullptr);
}
