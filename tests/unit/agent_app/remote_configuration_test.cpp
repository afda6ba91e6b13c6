#include "remote_configuration.hpp"

#include <activitytrack/seal/seal.hpp>

#include <doctest/doctest.h>

#include "configuration_poll.hpp"
#include "fakes.hpp"
#include "temp_folder.hpp"

using namespace activitytrack;
using namespace activitytrack::agent_app;
using namespace activitytrack::test;

namespace {

/// A machine whose agent is started anew by each remote().
struct RemoteRig {
  TempFolder folder;
  MemoryLog log;
  Settings own;

  RemoteConfiguration remote() { return RemoteConfiguration(folder.path / "remote.json", log); }
};

GivenSettings given(std::int64_t version, std::string key, std::string value) {
  return {version, {{std::move(key), std::move(value)}}, {}};
}

}  // namespace

TEST_CASE("what the server gave is a candidate until the server was reached with it, also after a restart") {
  RemoteRig rig;
  {
    auto remote = rig.remote();
    REQUIRE(remote.offer(given(3, "collect_interval_sec", "10"), rig.own).value());
    CHECK(remote.is_candidate());
  }
  {
    auto remote = rig.remote();
    CHECK(remote.is_candidate());
    CHECK(remote.over(rig.own).settings.collect_interval_sec == 10);
    remote.confirm();
  }
  auto remote = rig.remote();
  CHECK_FALSE(remote.is_candidate());
  CHECK(remote.in_force() == given(3, "collect_interval_sec", "10"));
}

TEST_CASE("a candidate by which the server is out of reach gives way to what was good, and is not taken again") {
  RemoteRig rig;
  auto remote = rig.remote();
  REQUIRE(remote.offer(given(1, "collect_interval_sec", "10"), rig.own).value());
  remote.confirm();
  REQUIRE(remote.offer(given(2, "collect_interval_sec", "20"), rig.own).value());
  remote.revert("not reached");
  CHECK(remote.over(rig.own).settings.collect_interval_sec == 10);
  CHECK(remote.failed()->was_reverted);
  CHECK(remote.failed()->given.version == 2);
  CHECK_FALSE(remote.offer(given(2, "collect_interval_sec", "20"), rig.own).value());
  CHECK_FALSE(rig.remote().offer(given(2, "collect_interval_sec", "20"), rig.own).value());
  CHECK(rig.remote().offer(given(3, "collect_interval_sec", "20"), rig.own).value());
}

TEST_CASE("an agent that dies with a candidate again and again is started with what was good") {
  RemoteRig rig;
  {
    auto remote = rig.remote();
    REQUIRE(remote.offer(given(1, "collect_interval_sec", "10"), rig.own).value());
  }
  for (int start = 0; start < 2; ++start) CHECK(rig.remote().is_candidate());
  auto remote = rig.remote();
  CHECK_FALSE(remote.is_candidate());
  CHECK(remote.over(rig.own).settings.collect_interval_sec == 60);
  CHECK(remote.failed()->was_reverted);
}

TEST_CASE("hostile settings are refused whole, and change nothing") {
  RemoteRig rig;
  rig.own.screenshot_public_key = to_text(public_key_of(make_private_key()));
  auto remote = rig.remote();
  REQUIRE(remote.offer(given(5, "send_interval_sec", "20"), rig.own).value());
  remote.confirm();
  const std::string theirs = '"' + to_text(public_key_of(make_private_key())) + '"';
  std::string many = "[\"a\"";
  for (int i = 0; i < 100'000; ++i) many += ",\"b\"";
  std::int64_t version = 5;
  for (const auto& [key, value] : SettingValues{{"screenshots.public_key", theirs},
                                                {"screenshots.blur", "false"},
                                                {"server_url", "\"https://elsewhere.example\""},
                                                {"credential", "\"atm_x\""},
                                                {"remote.may_loosen", "true"},
                                                {"screenshots.excluded_apps", many + "]"},
                                                {"features.screenshots", "true"},
                                                {"buffer_path", "\"/dev/null\""}}) {
    GivenSettings hostile = given(++version, key, value);
    hostile.values["collect_interval_sec"] = "5";
    const auto outcome = remote.offer(hostile, rig.own).value();
    REQUIRE(outcome);
    REQUIRE(outcome->refused);
    CHECK(outcome->refused->key == key);
    CHECK(remote.in_force().version == 5);
    CHECK(remote.over(rig.own).settings.collect_interval_sec == 60);
    CHECK_FALSE(remote.offer(hostile, rig.own).value());  // nor again
  }
  const auto back = remote.offer(given(4, "send_interval_sec", "30"), rig.own).value();  // of a restored server
  REQUIRE(back);
  CHECK_FALSE(back->refused);
}

TEST_CASE("a key that was taken once is kept, whatever the server says later") {
  RemoteRig rig;
  const std::string key = to_text(public_key_of(make_private_key())),
                    other = to_text(public_key_of(make_private_key()));
  {
    auto remote = rig.remote();
    REQUIRE(remote.offer(given(1, "screenshots.public_key", '"' + key + '"'), rig.own).value());
    remote.confirm();
    REQUIRE(remote.offer({2, {}, {}}, rig.own).value());
    remote.confirm();
  }
  auto remote = rig.remote();
  CHECK(remote.over(rig.own).settings.screenshot_public_key == key);
  CHECK(remote.offer(given(3, "screenshots.public_key", '"' + other + '"'), rig.own).value()->refused);
}

TEST_CASE("what does not fit the machine's own settings any more is dropped, to be asked for anew") {
  RemoteRig rig;
  rig.own.remote_may_loosen = true;
  auto remote = rig.remote();
  REQUIRE(remote.offer(given(1, "screenshots.blur", "false"), rig.own).value());
  remote.confirm();
  CHECK_FALSE(remote.over(rig.own).settings.screenshot_blur);
  rig.own.remote_may_loosen = false;
  CHECK(remote.over(rig.own).settings.screenshot_blur);
  CHECK(remote.in_force().version == 0);
  CHECK(remote.offer({1, {}, {"screenshots.blur"}}, rig.own).value());
}

TEST_CASE("a file that makes no sense counts as none, and is said") {
  RemoteRig rig;
  for (const auto* text :
       {"", "nonsense", "[]", R"({"good":5,"candidate":{"version":"x"},"starts":"y","failed":[]})"}) {
    rig.folder.write("remote.json", text);
    auto remote = rig.remote();
    CHECK(remote.in_force() == GivenSettings{});
    CHECK_FALSE(remote.is_candidate());
  }
}

TEST_CASE("a question says what is in force, what bounds the server, and what went wrong") {
  ConfigurationQuestion question{.machine_id = "vm-1", .said = {.version = 7, .change = 12}};
  CHECK(question_path(question, std::chrono::seconds(300)) ==
        "/api/config?version=7&machine_id=vm-1&wait=300&may_loosen=false&change=12&state=applied");
  question.said.state = AgentConfiguration::State::refused;
  question.said.error_version = 8, question.said.error_key = "a", question.said.error_reason = "is bad";
  question.bounds = {{"screenshots.blur_sigma", "20"}};
  CHECK(question_path(question, std::chrono::seconds(0)) ==
        "/api/"
        "config?version=7&machine_id=vm-1&wait=0&may_loosen=false&change=12&bounds=%7B%22screenshots.blur_sigma%22%"
        "3A20%7D"
        "&state=refused&error_version=8&error_key=a&error=is%20bad");
  question.is_fresh = question.said.may_loosen = true;
  question.bounds.clear();
  CHECK(question_path(question, std::chrono::seconds(0)) ==
        "/api/config?version=0&machine_id=vm-1&wait=0&may_loosen=true&change=12");
}

TEST_CASE("a server says nothing that would keep the agent from asking, from keeping, or from showing it") {
  CHECK(parse_given(R"({"version":7,"settings":{"of.a_newer_server":[1]},"left_out":["screenshots.blur"]})"));
  for (const auto* version : {"-1", "9223372036854775808", "1e3", "\"7\"", "null"})
    CHECK_FALSE(parse_given(R"({"settings":{},"version":)" + std::string(version) + "}"));
  for (const auto* key : {"", "a b", "a\\u0000", "a\\u001b[2J", "a\\nb", "\xc3\xa9", "A"}) {
    CHECK_FALSE(parse_given(R"({"version":7,"settings":{")" + std::string(key) + R"(":1}})"));
    CHECK_FALSE(parse_given(R"({"version":7,"settings":{},"left_out":[")" + std::string(key) + R"("]})"));
  }
  for (const auto* settings : {"[]", "\"x\"", R"({"a":[[[[[[]]]]]]})"})
    CHECK_FALSE(parse_given(R"({"version":7,"settings":)" + std::string(settings) + "}"));
}

TEST_CASE("whatever a server gives, the key that was taken once is still there after a restart") {
  RemoteRig rig;
  const std::string key = to_text(public_key_of(make_private_key()));
  const auto much = [](std::int64_t version, std::string_view more) {
    std::string numbers = "1.5";
    for (int i = 0; i < 43'000; ++i) numbers += ",1.5";  // each is longer as it is kept
    return parse_given(R"({"version":)" + std::to_string(version) + R"(,"settings":{"a":[)" + numbers + "]" +
                       std::string(more) + "}}");
  };
  {
    auto remote = rig.remote();
    const auto offer = [&](const std::optional<GivenSettings>& given) {
      if (given) REQUIRE(remote.offer(*given, rig.own));
    };
    REQUIRE(remote.offer(given(1, "screenshots.public_key", '"' + key + '"'), rig.own).value());
    remote.confirm();
    offer(much(2, ""));
    remote.confirm();
    offer(much(3, ""));
    offer(much(4, R"(,"idle_after_sec":0)"));
  }
  CHECK(rig.remote().over(rig.own).settings.screenshot_public_key == key);
}

TEST_CASE("a server that has new settings without end is heard rarely after some") {
  OfferPace pace;
  OfferPace::Instant now{std::chrono::hours(1)};
  for (int i = 0; i < 20; ++i) CHECK(pace.rest_after(now) == std::chrono::seconds(1));
  CHECK(pace.rest_after(now) == std::chrono::seconds(30));
  now += std::chrono::seconds(61);
  for (int i = 0; i < 2; ++i) CHECK(pace.rest_after(now) == std::chrono::seconds(1));
  CHECK(pace.rest_after(now) == std::chrono::seconds(30));
}
