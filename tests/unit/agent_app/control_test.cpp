#include "control.hpp"
#include "control_server.hpp"
#include "status_view.hpp"

#include <activitytrack/core/clock.hpp>

#include <doctest/doctest.h>

#include "temp_folder.hpp"

using namespace activitytrack;
using namespace activitytrack::agent_app;
using Asked = ControlRequest::Command;

namespace {

std::string refusal_of(std::string_view line) {
  auto request = decode_request(line);
  return request ? "" : request.error().message;
}

Time time_of(const char* text) { return parse_timestamp(text).value(); }

RunningStatus example() {
  RunningStatus status;
  status.agent.interval.machine_id = "m1";
  status.agent.interval.timestamp = time_of("2024-01-15T10:30:00Z");
  status.agent.interval.key_count = 12;
  status.agent.interval.interval_sec = 41.4;
  status.agent.interval.active_app = "code";
  status.agent.display = "connected";
  status.agent.buffer.pending = 3;
  status.agent.buffer.bytes = 24 << 10;
  status.agent.delivery.last_success = time_of("2024-01-15T10:29:00Z");
  status.agent.delivery.last_error = "http://127.0.0.1:8100 refused the connection";
  status.agent.delivery.sent = 5;
  status.settings.buffer_path = "/home/me/.local/share/activity-tracker/buffer.db";
  status.settings.credential = "very secret";
  status.settings.s3_secret_key = "very secret";
  status.configuration_file = "/etc/activity-tracker/config.yaml";
  status.pid = 4711;
  status.started = time_of("2024-01-15T08:00:00Z");
  return status;
}

}  // namespace

TEST_CASE("requests read back as they were written") {
  for (const ControlRequest& request :
       {ControlRequest{Asked::status, {}}, ControlRequest{Asked::pause, {}},
        ControlRequest{Asked::pause, std::chrono::minutes(30)}, ControlRequest{Asked::resume, {}}}) {
    auto again = decode_request(encode_request(request));
    REQUIRE(again.has_value());
    CHECK(*again == request);
  }
}

TEST_CASE("a bad request is refused with its reason") {
  CHECK(refusal_of("") == "the request is not a JSON object");
  CHECK(refusal_of("status") == "the request is not a JSON object");
  CHECK(refusal_of("[]") == "the request is not a JSON object");
  CHECK(refusal_of(std::string(4000, '[')) == "the request is not a JSON object");
  CHECK(refusal_of("{}") == "the request names no command");
  CHECK(refusal_of(R"({"command":7})") == "the request names no command");
  CHECK(refusal_of(R"({"command":"dance"})").starts_with("the command is not known"));
  CHECK(refusal_of(R"({"command":"resume","minutes":1})") == "minutes go only with pause");
  for (const char* minutes : {"0", "-1", "10081", "1.5", "1e300", "\"5\"", "null"}) {
    CAPTURE(minutes);
    CHECK(refusal_of(std::string(R"({"command":"pause","minutes":)") + minutes + "}") ==
          "minutes must be a whole number from 1 to 10080");
  }
}

TEST_CASE("a status never holds a secret's value") {
  auto answer = encode_status(example());
  CHECK(answer.find("very secret") == std::string::npos);
  CHECK(answer.find(R"x("credential":"(set)")x") != std::string::npos);
  CHECK(answer.find('\n') == std::string::npos);
}

TEST_CASE("a status as a person reads it") {
  auto text = format_status(encode_status(example()), time_of("2024-01-15T10:30:41Z"));
  CHECK(
      text.starts_with("State           collecting, pid 4711, started 2024-01-15T08:00:00Z (2 h ago)\n"
                       "Machine         m1\n"
                       "Display         connected\n"
                       "This interval   41 s since 2024-01-15T10:30:00Z\n"
                       "                12 keys, 0 clicks, 0 px, 0 notches; active 0 s; scripted 0\n"
                       "Judged          no input yet\n"
                       "Focus           code\n"
                       "Buffered        3 events, 24 KiB\n"
                       "                0 refused and kept aside, 0 dropped, 0 collected since the start\n"
                       "Last sent       2024-01-15T10:29:00Z (101 s ago), 5 events since the start\n"
                       "Last error      http://127.0.0.1:8100 refused the connection\n"
                       "Screenshots     off\n"
                       "Buffer          /home/me/.local/share/activity-tracker/buffer.db\n"
                       "State folder    /home/me/.local/share/activity-tracker\n"
                       "Configuration   /etc/activity-tracker/config.yaml\n"));
  CHECK(text.find("  credential                  (set)\n") != std::string::npos);
}

TEST_CASE("a status names the paths in use") {
  CHECK(status_json(encode_status(example()))
            .find(R"("paths":{"configuration":"/etc/activity-tracker/config.yaml",)"
                  R"("buffer":"/home/me/.local/share/activity-tracker/buffer.db",)"
                  R"("state_folder":"/home/me/.local/share/activity-tracker"})") != std::string::npos);
}

TEST_CASE("a person sees how their input is judged, as others will") {
  auto status = example();
  auto& interval = status.agent.interval;
  const auto judged = [&] {
    auto text = format_status(encode_status(status), time_of("2024-01-15T10:30:41Z"));
    auto begin = text.find("Judged");
    return text.substr(begin, text.find("Focus") - begin);
  };
  interval.input_verdict = Verdict::genuine;
  CHECK(judged() == "Judged          looks genuine\n");
  interval.input_verdict = Verdict::scripted;
  interval.scripted_reasons = {"constant_interval", "pointer moves for an instant every 1.0 s"};
  CHECK(judged() ==
        "Judged          looks scripted, and is not counted\n"
        "                constant_interval; pointer moves for an instant every 1.0 s\n"
        "                a lead, not proof: docs/genuine-input.md\n");
  interval.input_verdict = Verdict::mixed;
  CHECK(judged().starts_with("Judged          looks scripted in part, which is not counted\n"));
  CHECK(encode_status(status).find(R"("input_measures":{)") == std::string::npos);
  interval.input_measures.add("keys", 1.5F);
  CHECK(status_json(encode_status(status)).find(R"("input_measures":{"keys":1.5E0})") != std::string::npos);
}

TEST_CASE("pause, trouble and a refused configuration show") {
  auto status = example();
  status.agent.gap = Gap::paused;
  status.agent.paused = true;
  status.agent.paused_until = time_of("2024-01-15T11:00:00Z");
  status.agent.buffer_error = "no space";
  status.agent.waiting = 2;
  status.configuration_error = "c.yaml:3: idle_after_sec: bad\nc.yaml:4: more";
  auto text = format_status(encode_status(status), time_of("2024-01-15T10:30:41Z"));
  CHECK(text.starts_with("State           paused until 2024-01-15T11:00:00Z, pid"));
  CHECK(text.find("Buffer error    no space; 2 events wait\n") != std::string::npos);
  CHECK(text.find("refused, and the last good one stays in force: c.yaml:3: idle_after_sec: bad\n") !=
        std::string::npos);
}

TEST_CASE("a status says what the server set, what became of it, and where each value comes from") {
  auto status = example();
  const auto shown = [&] { return format_status(encode_status(status), time_of("2024-01-15T10:31:00Z")); };
  CHECK(shown().find("From server     nothing\n"
                     "                this machine does not let its server loosen what protects the person\n") !=
        std::string::npos);
  status.remote = {.version = 7,
                   .is_candidate = true,
                   .needs_restart = true,
                   .may_loosen = true,
                   .keys = {"screenshots.blur"},
                   .left_out = {},
                   .loosened = {"screenshots.blur"},
                   .unknown = {"of.a_newer_server"},
                   .failed = FailedSettings{{8, {}, {}}, true, "", "the server was not reached with it within 120 s"},
                   .notice_error = "there is no desktop"};
  status.origins = {{"screenshots.blur", "the server, version 7"}, {"idle_after_sec", "default"}};
  const auto text = shown();
  CHECK(
      text.find("From server     version 7, on trial: screenshots.blur\n"
                "                looser than this machine's own, which its file allows: screenshots.blur\n"
                "                passed over, since this agent does not know it: of.a_newer_server\n"
                "                some of it changes only when the agent is restarted\n"
                "                not in force: version 8 reverted: the server was not reached with it within 120 s; it "
                "is not tried again until it is changed at the server\n"
                "                what was loosened could not be told on the desktop: there is no desktop\n"
                "                this machine lets its server loosen what protects the person (remote.may_loosen)\n") !=
      std::string::npos);
  CHECK(text.find("  idle_after_sec              60  (default)\n") != std::string::npos);
  CHECK(text.find("  screenshots.blur            true  (the server, version 7)\n") != std::string::npos);
  CHECK(status_json(encode_status(status)).find(R"("failure":{"version":8,"state":"reverted","key":"","reason":)") !=
        std::string::npos);
}

TEST_CASE("an answer that says less, or nothing, is shown for what it is") {
  CHECK(format_status("rubbish", Time{}).starts_with("State"));
  CHECK(status_json("rubbish") == "{}");
  CHECK(status_json(R"({"ok":true,"status":{"a":1}})") == R"({"a":1})");
}

TEST_CASE("status tells of screenshots") {
  auto status = example();
  auto text = format_status(encode_status(status), time_of("2024-01-15T10:31:00Z"));
  CHECK(text.find("Screenshots     off\n") != std::string::npos);

  status.settings.screenshots = true;
  text = format_status(encode_status(status), time_of("2024-01-15T10:31:00Z"));
  CHECK(text.find("no display to take them of") != std::string::npos);

  auto& shots = status.agent.screenshots;
  shots.on = true;
  shots.taken = 5;
  shots.skipped = 2;
  shots.last_skip = "locked";
  shots.last_taken = time_of("2024-01-15T10:30:00Z");
  shots.notice_error = "no notification service";
  shots.buffer.pending = 4;
  shots.buffer.bytes = 200 << 10;
  shots.delivery.last_error = "the server is down";
  auto answer = encode_status(status);
  text = format_status(answer, time_of("2024-01-15T10:31:00Z"));
  CHECK(text.find("on; 5 taken, 2 prevented (last: locked); last 2024-01-15T10:30:00Z (60 s ago)") !=
        std::string::npos);
  CHECK(text.find("4 wait, 200 KiB; 0 refused") != std::string::npos);
  CHECK(text.find("error: no notification service") != std::string::npos);
  CHECK(text.find("error: the server is down") != std::string::npos);
  CHECK(status_json(answer).find(R"("screenshots":{"on":true,"taken":5,)") != std::string::npos);
}

TEST_CASE("a socket that cannot be made is blamed on another file only where there is one") {
  test::TempFolder folder;
  boost::asio::io_context io;
  const auto refusal = [&](const std::string& name) {
    return ControlServer::open(io, folder.path / name, {}, null_log()).error().message;
  };
  std::filesystem::create_directory(folder.path / "folder");
  CHECK(refusal("folder").find("which is something else") != std::string::npos);
  const std::string too_long(300, 'x');
  CHECK(refusal(too_long) == "cannot make a socket at " + (folder.path / too_long).string() + ": File name too long");
}
