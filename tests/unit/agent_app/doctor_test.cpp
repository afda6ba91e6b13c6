#include "doctor.hpp"
#include "control.hpp"
#include "process.hpp"

#include <activitytrack/buffer/buffer.hpp>
#include <activitytrack/core/clock.hpp>

#include <doctest/doctest.h>

#include "scripted_server.hpp"
#include "temp_folder.hpp"

#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace activitytrack;
using namespace activitytrack::agent_app;

TEST_CASE("checks as a list and as JSON") {
  std::vector<Check> checks{{"clock", Finding::ok, "fine"},
                            {"agent", Finding::note, "none runs"},
                            {"input devices", Finding::wrong, "none; plug one in"},
                            {"credential", Finding::unchecked, "the server cannot be asked"}};
  CHECK(format_checks(checks) ==
        "clock          ok           fine\n"
        "agent          note         none runs\n"
        "input devices  NOT OK       none; plug one in\n"
        "credential     not checked  the server cannot be asked\n");
  CHECK(encode_checks(checks) ==
        R"({"ok":false,"checks":[{"name":"clock","ok":true,"state":"ok","text":"fine"},)"
        R"({"name":"agent","ok":true,"state":"note","text":"none runs"},)"
        R"({"name":"input devices","ok":false,"state":"not_ok","text":"none; plug one in"},)"
        R"({"name":"credential","ok":false,"state":"not_checked","text":"the server cannot be asked"}]})");
  CHECK_FALSE(all_fine(checks));
  checks.erase(checks.begin() + 2);
  CHECK_FALSE(all_fine(checks));
  checks.pop_back();
  CHECK(all_fine(checks));
}

TEST_CASE("a clock in another age is found") {
  CHECK(check_clock(parse_timestamp("2024-01-15T00:00:00Z").value()).is_fine());
  CHECK_FALSE(check_clock(parse_timestamp("1970-01-01T00:05:00Z").value()).is_fine());
}

TEST_CASE("a buffer that others may read is found") {
  test::TempFolder folder;
  AgentFiles files{folder.path / "b.db", folder.path / "b.db.lock", folder.path / "b.db.sock"};
  CHECK(check_disk(files).text.ends_with(" MiB free for " + folder.path.string()));
  CHECK(check_disk(files).is_fine());
  CHECK(check_buffer(files).is_fine());
  { REQUIRE(make_sqlite_buffer(files.buffer, system_clock(), null_log()).has_value()); }
  CHECK(check_disk(files).is_fine());
  auto buffer = check_buffer(files);
  CHECK(buffer.is_fine());
  CHECK(buffer.text.starts_with(files.buffer.string() + ": 0 events pending"));
  ::chmod(files.buffer.c_str(), 0644);
  CHECK_FALSE(check_disk(files).is_fine());
}

TEST_CASE("what is no buffer is not taken for one") {
  test::TempFolder folder;
  AgentFiles files{folder.path / "b.db", folder.path / "b.db.lock", folder.path / "b.db.sock"};
  folder.write("b.db", "Dear diary");
  CHECK(check_buffer(files).finding == Finding::wrong);
  CHECK(check_buffer(files).text.find("is no buffer") != std::string::npos);
}

namespace {

Result<std::string> asked(const AgentFiles& files) {
  return ask_agent(files, {.command = ControlRequest::Command::status});
}

}  // namespace

TEST_CASE("without a running agent the check says how to start one, and nothing is wrong") {
  test::TempFolder folder;
  const auto answer = asked({folder.path / "b.db", folder.path / "b.db.lock", folder.path / "b.db.sock"});
  CHECK(check_agent(answer).finding == Finding::note);
  CHECK(check_agent(answer).text.ends_with("start one with: activitytrack-agent run"));
  CHECK(check_server_settings(answer).finding == Finding::note);
}

TEST_CASE("where settings come from is said by the agent that runs, else by what one would start with") {
  Configuration configuration{.settings = {}, .file = "/etc/a.yaml", .in_file = {}};
  configuration.in_file["idle_after_sec"] = {{"7"}, "/etc/a.yaml:3"};
  configuration.in_file["credential"] = {{"x"}, "/etc/a.yaml:4"};
  Options options;
  options.settings["log_level"] = {{"debug"}, "option --log-level"};
  const Result<std::string> none = Error{ErrorCode::unavailable, "no agent"};
  CHECK(check_origins(configuration, options, none).text ==
        "/etc/a.yaml: credential, idle_after_sec; option --log-level: log_level; the others are defaults");
  CHECK(check_origins({}, {}, none).text == "all are defaults");
  RunningStatus status;
  status.origins = {{"idle_after_sec", "the server, version 7"}, {"log_level", "default"}};
  CHECK(check_origins(configuration, options, encode_status(status)).text ==
        "the server, version 7: idle_after_sec; the others are defaults");
}

TEST_CASE("what the server set, and what became of it, is one line that says what to do") {
  RunningStatus status;
  CHECK(check_server_settings(encode_status(status)).text ==
        "nothing is set by the server; this machine does not let its server loosen what protects the person");
  auto& remote = status.remote;
  remote = {.version = 12,
            .may_loosen = true,
            .keys = {"idle_after_sec", "screenshots.blur"},
            .left_out = {"a"},
            .loosened = {"screenshots.blur"},
            .unknown = {"b", "c"}};
  auto check = check_server_settings(encode_status(status));
  CHECK(check.finding == Finding::ok);
  CHECK(check.text ==
        "version 12 in force, 2 settings from the server, 1 looser than this machine's own: screenshots.blur, 1 left "
        "out, as this machine does not allow it: a, 2 passed over, as this agent does not know it: b; c; this machine "
        "lets its server loosen what protects the person (remote.may_loosen)");
  remote = {.version = 12, .is_candidate = true, .needs_restart = true};
  remote.failed = FailedSettings{{13, {}, {}}, false, "server_url", "only the machine itself sets this"};
  check = check_server_settings(encode_status(status));
  CHECK(check.finding == Finding::wrong);
  CHECK(
      check.text.starts_with("version 12 on trial, 0 settings from the server, some of it only after a restart of the "
                             "agent; version 13 refused: server_url only the machine itself sets this; it is not tried "
                             "again until it is changed at the server; "));
  remote.failed->was_reverted = true;
  remote.failed->key.clear();
  CHECK(check_server_settings(encode_status(status)).text.find("version 13 reverted: only the") != std::string::npos);
  remote = {.version = 12, .notice_error = "no bus"};
  check = check_server_settings(encode_status(status));
  CHECK(check.finding == Finding::wrong);
  CHECK(check.text.find("could not be told on the desktop: no bus; ") != std::string::npos);
}

TEST_CASE("an agent runs if it holds the lock, and not if a process has the number that a lock file names") {
  test::TempFolder folder;
  AgentFiles files{folder.path / "b.db", folder.path / "b.db.lock", folder.path / "b.db.sock"};
  // In a container both may be process 1, and of the same program.
  char name[16];
  ::prctl(PR_GET_NAME, name);
  ::prctl(PR_SET_NAME, "activitytrack-agent");
  {
    const auto lock = lock_buffer(files.lock, system_clock().now());
    REQUIRE(lock);
    CHECK(check_agent(asked(files)).finding == Finding::wrong);
    CHECK(check_agent(asked(files)).text.starts_with("an agent runs (pid " + std::to_string(::getpid()) + ", since "));
  }
  CHECK(check_agent(asked(files)).finding == Finding::note);
  ::prctl(PR_SET_NAME, name);
}

namespace {

/// What check_server() finds of a server that gives the first answer to /healthz, and each of the others to what is
/// asked next.
std::vector<Check> checks_of(std::vector<std::string> answers, Settings settings) {
  std::vector<test::ScriptedServer::Script> scripts;
  for (auto& answer : answers) scripts.push_back(test::always(std::move(answer)));
  test::ScriptedServer server(std::move(scripts));
  settings.server_url = server.url();
  return check_server(settings);
}

Settings enrolled_settings() {
  Settings settings;
  settings.machine_id = "vm-1";
  settings.credential = "atm_secret";
  return settings;
}

std::string problem_answer(const std::string& status, const std::string& detail) {
  return test::http_answer(R"({"title":")" + status.substr(4) + R"(","detail":")" + detail + R"("})", status,
                           "Content-Type: application/problem+json\r\n");
}

const std::string well = test::http_answer(R"({"status":"ok"})");
const std::string taken = test::http_answer(R"({"accepted":0,"duplicates":0,"conflicts":0,"rejected":[]})");

}  // namespace

TEST_CASE("without a server nothing is wrong, and no other one is asked") {
  CHECK(check_server({}).size() == 1);
  CHECK(check_server({}).front().finding == Finding::note);
}

TEST_CASE("what depends on a server that cannot be asked is not checked") {
  Settings settings;
  settings.credential = "atm_secret";
  for (const char* url : {"http://127.0.0.1:1", "http://127.0.0.1:99999"}) {
    settings.server_url = url;
    const auto checks = check_server(settings);
    REQUIRE(checks.size() == 3);
    CHECK(checks[0].finding == Finding::wrong);
    CHECK(checks[1].finding == Finding::unchecked);
    CHECK(checks[2].finding == Finding::unchecked);
  }
  const auto sick = checks_of({problem_answer("503 Service Unavailable", "no")}, settings);
  CHECK(sick[0].finding == Finding::wrong);
  CHECK(sick[2].finding == Finding::unchecked);
}

TEST_CASE("the server is asked whether it takes the credential") {
  const auto none = problem_answer("404 Not Found", "there is no such screenshot");
  const auto refused = problem_answer("401 Unauthorized", "this token is not known");
  const auto credential = [](std::vector<std::string> answers, const Settings& settings) {
    return checks_of(std::move(answers), settings).back();
  };
  const auto good = credential({well, taken, none}, enrolled_settings());
  CHECK(good.name == "credential");
  CHECK(good.finding == Finding::ok);
  CHECK(good.text == "the server takes it");

  const auto bad = credential({well, refused}, enrolled_settings());
  CHECK(bad.finding == Finding::wrong);
  CHECK(bad.text.find("this token is not known") != std::string::npos);
  CHECK(bad.text.find("enroll URL TOKEN") != std::string::npos);
  CHECK(bad.text.find("atm_secret") == std::string::npos);

  const auto foreign =
      credential({well, taken, problem_answer("403 Forbidden", "of its own machine")}, enrolled_settings());
  CHECK(foreign.finding == Finding::wrong);
  CHECK(foreign.text.find("another machine's") != std::string::npos);

  const std::string by_proxy = test::http_answer("<h1>Forbidden</h1>", "403 Forbidden");
  CHECK(credential({well, taken, by_proxy}, enrolled_settings()).text == "the server takes it");
  CHECK(
      credential({well, taken, problem_answer("403 Forbidden", "PUT is not allowed")}, enrolled_settings()).is_fine());
  const auto stopped = credential({well, by_proxy}, enrolled_settings());
  CHECK(stopped.finding == Finding::wrong);
  CHECK(
      stopped.text.ends_with(" answers 403, and not as an activitytrack server does; is there a proxy that stops it?"));

  const auto away = credential({well, problem_answer("503 Service Unavailable", "full")}, enrolled_settings());
  CHECK(away.finding == Finding::unchecked);

  CHECK(credential({well, refused}, {}).finding == Finding::wrong);  // none is set
  CHECK(credential({well, taken}, {}).text == "not set, and the server does without");
}

TEST_CASE("a server's URL is shown whole") {
  test::ScriptedServer server({test::always(well), test::always(taken)});
  Settings settings;
  settings.server_url = server.url("/below/");
  CHECK(check_server(settings).front().text == server.url("/below") + " answers");
}
