#include <activitytrack/sender/sender.hpp>

#include "print_error.hpp"
#include "screenshots.hpp"
#include "scripted_server.hpp"
#include "sender/http_screenshot_sender.hpp"
#include "temp_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <future>
#include <optional>
#include <thread>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

std::string picture(std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; bytes.size() < size; ++i) bytes += static_cast<char>(i * 2654435761u >> 13);
  return bytes;
}

Screenshot shot_of(const std::string& bytes) {
  Screenshot shot = numbered_screenshot(1);
  shot.size = std::int64_t(bytes.size());
  return shot;
}

std::string first_line(const std::string& request) { return request.substr(0, request.find("\r\n")); }

bool has_field(const std::string& request, const std::string& field) {
  return request.substr(0, request.find("\r\n\r\n")).find("\r\n" + field) != std::string::npos;
}

/// Takes screenshots as a server does, the parts of a cut upload included, and misbehaves as it is told.
struct ShotServer {
  explicit ShotServer(std::string prefix = "") : at(std::move(prefix)), server({[this](Peer& peer) { serve(peer); }}) {}

  void serve(Peer& peer) {
    while (true) {
      if (cut_after && !next_is_post) return take_part(peer);
      const std::string request = peer.read_request();
      if (request.empty()) return;
      requests.push_back(request);
      const bool post = request.starts_with("POST " + at + "/api/screenshots HTTP");
      const std::string answer = post ? answer_post() : answer_put(request);
      next_is_post = !post;
      if (lose_answer && !post) {
        lose_answer = false;
        return;
      }
      if (!peer.write(answer)) return;
    }
  }

  std::string answer_post() {
    if (!post_answers.empty()) {
      const std::string answer = post_answers.front();
      post_answers.erase(post_answers.begin());
      return answer;
    }
    if (have.size() == size) return http_answer(R"({"state":"stored"})");
    const std::string place = "/api/screenshots/vm-1/x/content?offset=" + std::to_string(have.size());
    return http_answer(R"({"state":"wanted","offset":)" + std::to_string(have.size()) + R"(,"put":{"url":")" + place +
                       R"(","fields":{}}})");
  }

  std::string answer_put(const std::string& request) {
    if (!put_answers.empty()) {
      const std::string answer = put_answers.front();
      put_answers.erase(put_answers.begin());
      return answer;
    }
    if (first_line(request) !=
        "PUT " + at + "/api/screenshots/vm-1/x/content?offset=" + std::to_string(have.size()) + " HTTP/1.1") {
      return http_answer("{\"offset\":" + std::to_string(have.size()) + "}", "409 Conflict");
    }
    have += body_of(request);
    return http_answer(R"({"state":"stored"})");
  }

  /// Reads so many bytes of the body, keeps them, and cuts the connection.
  void take_part(Peer& peer) {
    const std::string part = peer.read_some(*std::exchange(cut_after, std::nullopt));
    have += part;
    peer.reset();
    next_is_post = true;
  }

  std::string at;
  std::size_t size = 0;
  std::string have;
  std::vector<std::string> requests;
  std::vector<std::string> post_answers, put_answers;
  std::optional<std::size_t> cut_after;
  bool next_is_post = true;
  bool lose_answer = false;
  ScriptedServer server;  // last: its thread uses the others
};

std::unique_ptr<ScreenshotSender> sender_to(const std::string& url, const std::string& ca_file = {}) {
  return make_http_screenshot_sender(
             {.server_url = url, .credential = "t0ken", .ca_file = ca_file, .user_agent = "agent/1"})
      .value();
}

std::string wanted_at(const std::string& url, const std::string& fields = "{}") {
  return http_answer(R"({"state":"wanted","offset":0,"put":{"url":")" + url + R"(","fields":)" + fields + "}}");
}

}  // namespace

TEST_CASE("a screenshot is announced, and its bytes go where the server says, once") {
  ShotServer server("/prefix");
  const std::string bytes = picture(100'000);
  server.size = bytes.size();
  const auto sender = sender_to(server.server.url("/prefix/"));
  CHECK(sender->send(shot_of(bytes), bytes).status == SendOutcome::settled);
  REQUIRE(server.requests.size() == 2);
  const std::string& post = server.requests[0];
  CHECK(first_line(post) == "POST /prefix/api/screenshots HTTP/1.1");
  CHECK(has_field(post, "Content-Type: application/json\r\n"));
  CHECK(has_field(post, "User-Agent: agent/1\r\n"));
  CHECK(decode_screenshot(body_of(post)).value() == shot_of(bytes));
  for (const std::string& request : server.requests) CHECK(has_field(request, "Authorization: Bearer t0ken\r\n"));
  CHECK(has_field(server.requests[1], "Content-Type: image/jpeg\r\n"));
  CHECK(server.have == bytes);
  CHECK(server.server.connections() == 1);

  CHECK(sender->send(shot_of(bytes), bytes).status == SendOutcome::settled);
  CHECK(server.requests.size() == 3);
}

TEST_CASE("one without a picture is announced alone") {
  ShotServer server;
  Screenshot same = shot_of("");
  same.format = Screenshot::Format::none;
  same.same_as = "before";
  CHECK(sender_to(server.server.url())->send(same, "").status == SendOutcome::settled);
  CHECK(server.requests.size() == 1);
}

TEST_CASE("an upload that is cut goes on where it ended, wherever that was") {
  const std::string bytes = picture(500'000);
  for (std::size_t tenth = 0; tenth < 10; ++tenth) {
    CAPTURE(tenth);
    ShotServer server;
    server.size = bytes.size();
    server.cut_after = bytes.size() * tenth / 10;
    const auto sender = sender_to(server.server.url());
    int tries = 1;
    while (sender->send(shot_of(bytes), bytes).status != SendOutcome::settled) REQUIRE(++tries < 5);
    CHECK(server.have == bytes);
    std::size_t sent_whole = 0;
    for (const std::string& request : server.requests) sent_whole += body_of(request).size() == bytes.size();
    CHECK(sent_whole == (tenth == 0 ? 1 : 0));
  }
}

TEST_CASE("an answer that is lost after the last byte costs an announcement, and nothing is sent twice") {
  ShotServer server;
  const std::string bytes = picture(10'000);
  server.size = bytes.size();
  server.lose_answer = true;
  const auto sender = sender_to(server.server.url());
  int tries = 1;
  while (sender->send(shot_of(bytes), bytes).status != SendOutcome::settled) REQUIRE(++tries < 4);
  CHECK(server.have == bytes);
}

TEST_CASE("a server that has another part than it said is asked again") {
  ShotServer server;
  const std::string bytes = picture(10'000);
  server.size = bytes.size();
  server.post_answers = {
      http_answer(R"({"state":"wanted","offset":0,"put":{"url":"/api/screenshots/vm-1/x/content?offset=0"}})")};
  server.have = bytes.substr(0, 4'000);
  CHECK(sender_to(server.server.url())->send(shot_of(bytes), bytes).status == SendOutcome::settled);
  CHECK(server.have == bytes);
}

TEST_CASE("bytes that arrive changed are sent again, but not for ever") {
  ShotServer server;
  const std::string bytes = picture(1'000);
  server.size = bytes.size();
  const auto sender = sender_to(server.server.url());
  const std::string wrong = http_answer("{}", "422 Wrong hash");
  server.put_answers = {wrong};
  CHECK(sender->send(shot_of(bytes), bytes).status == SendOutcome::settled);
  server.have.clear();
  server.put_answers = {wrong, wrong, wrong, wrong, wrong, wrong};
  CHECK(sender->send(shot_of(bytes), bytes).status == SendOutcome::refused);
}

TEST_CASE("what a status means for a screenshot") {
  struct Case {
    const char* answer;
    SendOutcome::Status status;
  };
  const std::string bytes = picture(10);
  for (const Case& each : {Case{"400 Bad", SendOutcome::refused},
                           {"422 No", SendOutcome::refused},
                           {"413 Large", SendOutcome::refused},
                           {"409 Conflict", SendOutcome::refused},
                           {"401 Who", SendOutcome::retry},
                           {"403 No", SendOutcome::forbidden},
                           {"404 Where", SendOutcome::retry},
                           {"429 Slow", SendOutcome::retry},
                           {"500 Oops", SendOutcome::retry},
                           {"503 Busy", SendOutcome::retry}}) {
    CAPTURE(each.answer);
    ScriptedServer server({always(http_answer("{}", each.answer, "Retry-After: 7\r\n"))});
    const SendOutcome outcome = sender_to(server.url())->send(shot_of(bytes), bytes);
    CHECK(outcome.status == each.status);
    CHECK(outcome.retry_after.has_value() == (each.status == SendOutcome::retry));
    CHECK(outcome.error.message.find(std::string(each.answer).substr(0, 3)) != std::string::npos);
    CHECK(outcome.error.message.find("t0ken") == std::string::npos);
  }
}

TEST_CASE("403 and 5xx in the middle of an upload keep it for later; 403 holds up no other") {
  const std::string bytes = picture(1'000);
  for (const auto& [answer, others_may_pass] : {std::pair{"403 No", true}, {"500 Oops", false}, {"503 Busy", false}}) {
    CAPTURE(answer);
    ShotServer server;
    server.size = bytes.size();
    server.put_answers = {http_answer("{}", answer)};
    const auto sender = sender_to(server.server.url());
    const SendOutcome outcome = sender->send(shot_of(bytes), bytes);
    CHECK(outcome.status == SendOutcome::retry);
    CHECK(outcome.others_may_pass == others_may_pass);
    CHECK(sender->send(shot_of(bytes), bytes).status == SendOutcome::settled);
    CHECK(server.have == bytes);
  }
}

TEST_CASE("a presigned upload goes to the bucket with its fields, and without the credential") {
  std::vector<std::string> seen;
  ScriptedServer bucket({[&](Peer& peer) {
    for (std::string request; !(request = peer.read_request()).empty();) {
      seen.push_back(request);
      peer.write(http_answer("", "200 OK"));
    }
  }});
  ShotServer server;
  const std::string bytes = picture(50'000);
  server.post_answers = {wanted_at(bucket.url("/shots/a.jpg?X-Amz-Signature=secret"),
                                   R"({"x-amz-content-sha256":"abc","Content-Type":"image/jpeg"})")};
  CHECK(sender_to(server.server.url())->send(shot_of(bytes), bytes).status == SendOutcome::settled);
  REQUIRE(seen.size() == 1);
  CHECK(first_line(seen[0]) == "PUT /shots/a.jpg?X-Amz-Signature=secret HTTP/1.1");
  CHECK(has_field(seen[0], "x-amz-content-sha256: abc\r\n"));
  CHECK(has_field(seen[0], "Content-Type: image/jpeg\r\n"));
  CHECK_FALSE(has_field(seen[0], "Authorization"));
  CHECK(body_of(seen[0]) == bytes);
  CHECK(server.requests.size() == 2);  // asked again, the server looks whether it is there
}

TEST_CASE("a bucket that refuses loses nothing; an expired URL is asked for anew") {
  const std::string bytes = picture(5'000);
  int puts = 0;
  ScriptedServer bucket({[&](Peer& peer) {
    while (!peer.read_request().empty()) {
      peer.write(++puts == 1 ? http_answer("<Error>Request has expired</Error>", "403 Forbidden") : http_answer(""));
    }
  }});
  const std::string offer = wanted_at(bucket.url("/a?X-Amz-Signature=secret"));
  ShotServer server;
  server.post_answers = {offer, offer};
  CHECK(sender_to(server.server.url())->send(shot_of(bytes), bytes).status == SendOutcome::settled);
  CHECK(puts == 2);

  for (const char* status : {"400 Bad", "403 Forbidden", "404 No bucket", "413 Large", "500 Oops", "503 Slow Down"}) {
    CAPTURE(status);
    ScriptedServer bad({always(http_answer("", status))});
    ShotServer asking;
    const std::string bad_offer = wanted_at(bad.url("/a?X-Amz-Signature=secret"));
    asking.post_answers = {bad_offer, bad_offer, bad_offer, bad_offer, bad_offer};
    const SendOutcome outcome = sender_to(asking.server.url())->send(shot_of(bytes), bytes);
    CHECK(outcome.status == SendOutcome::retry);
    CHECK(outcome.others_may_pass == (status[0] != '5'));
    CHECK(outcome.error.message.find("secret") == std::string::npos);
  }
}

TEST_CASE("a bucket's file that the server never finds is not sent for ever") {
  ScriptedServer bucket({always(http_answer(""))});
  ShotServer server;
  const std::string offer = wanted_at(bucket.url("/a"));
  server.post_answers = {offer, offer, offer, offer, offer, offer};
  const std::string bytes = picture(10);
  const SendOutcome outcome = sender_to(server.server.url())->send(shot_of(bytes), bytes);
  CHECK(outcome.status == SendOutcome::retry);
  CHECK(outcome.others_may_pass);
}

TEST_CASE("a server that is asked by TLS cannot have a picture sent in clear") {
  TempFolder folder;
  TlsServerContext tls("DNS:localhost");
  ScriptedServer bucket({always(http_answer(""))});
  ScriptedServer server({[&](Peer& peer) {
    if (!peer.start_tls(tls.get())) return;
    while (!peer.read_request().empty()) peer.write(wanted_at(bucket.url("/a?X-Amz-Signature=secret")));
  }});
  const auto sender =
      sender_to("https://localhost:" + std::to_string(server.port()), folder.write("ca.pem", tls.certificate_pem()));
  const std::string bytes = picture(10);
  const SendOutcome outcome = sender->send(shot_of(bytes), bytes);
  CHECK(outcome.status == SendOutcome::retry);
  CHECK(outcome.error.message.find("in clear") != std::string::npos);
  CHECK(outcome.error.message.find("secret") == std::string::npos);
  CHECK(bucket.connections() == 0);
}

TEST_CASE("an offer that does not hold together is not followed") {
  const Url server = parse_url("https://server.example/prefix").value();
  const auto read = [&](const std::string& answer) { return read_upload_offer(answer, server, 100); };
  for (const char* answer :
       {"",
        "[]",
        "{}",
        R"({"state":7})",
        R"({"state":"eaten"})",
        R"({"state":"wanted"})",
        R"({"state":"wanted","offset":0,"put":{}})",
        R"({"state":"wanted","offset":0,"put":{"url":7}})",
        R"({"state":"wanted","offset":101,"put":{"url":"/api/screenshots/a/b/content"}})",
        R"({"state":"wanted","offset":-1,"put":{"url":"/api/screenshots/a/b/content"}})",
        R"({"state":"wanted","offset":1,"put":{"url":"https://bucket.example/a"}})",
        R"({"state":"wanted","offset":0,"put":{"url":"/admin/delete"}})",
        R"({"state":"wanted","offset":0,"put":{"url":"//evil.example/api/screenshots/"}})",
        R"({"state":"wanted","offset":0,"put":{"url":"/api/screenshots/a HTTP/1.1\r\nX: y"}})",
        R"({"state":"wanted","offset":0,"put":{"url":"http://bucket.example/a"}})",
        R"({"state":"wanted","offset":0,"put":{"url":"ftp://bucket.example/a"}})",
        R"({"state":"wanted","offset":0,"put":{"url":"https://me:secret@bucket.example/a"}})",
        R"({"state":"wanted","offset":0,"put":{"url":"https://b.example/a","fields":{"A":"b\r\nHost: c"}}})",
        R"({"state":"wanted","offset":0,"put":{"url":"https://b.example/a","fields":{"A b":"c"}}})",
        R"({"state":"wanted","offset":0,"put":{"url":"https://b.example/a","fields":{"hOst":"c"}}})",
        R"({"state":"wanted","offset":0,"put":{"url":"https://b.example/a","fields":{"Authorization":"c"}}})",
        R"({"state":"wanted","offset":0,"put":{"url":"https://b.example/a","fields":["c"]}})"}) {
    CAPTURE(answer);
    const auto offer = read(answer);
    REQUIRE(offer.has_error());
    CHECK(offer.error().message.find("secret") == std::string::npos);
  }
  const auto own = read(R"({"state":"wanted","offset":40,"put":{"url":"/api/screenshots/a%20b/c/content?offset=40"}})");
  REQUIRE(own.has_value());
  CHECK((*own)->to_the_server);
  CHECK((*own)->offset == 40);
  CHECK((*own)->url.target == "/prefix/api/screenshots/a%20b/c/content?offset=40");
  CHECK_FALSE(read(R"({"state":"stored"})").value().has_value());
}

TEST_CASE("cancel ends an upload under way, and all later ones") {
  std::promise<void> silent;
  ScriptedServer server({[&](Peer& peer) {
    peer.read_request();
    silent.set_value();
    peer.wait_for_close();
  }});
  const auto sender = sender_to(server.url());
  std::thread canceller([&] {
    silent.get_future().wait_for(20s);
    sender->cancel();
  });
  const std::string bytes = picture(10);
  CHECK(sender->send(shot_of(bytes), bytes).status == SendOutcome::retry);
  canceller.join();
  CHECK(sender->send(shot_of(bytes), bytes).status == SendOutcome::retry);
}

TEST_CASE("a screenshot sender that can never work is refused at once") {
  for (const char* url : {"", "server", "http://me:secret@server", "http://server/?secret=1"}) {
    const auto sender =
        make_http_screenshot_sender({.server_url = url, .credential = "", .ca_file = "", .user_agent = ""});
    REQUIRE(sender.has_error());
    CHECK(sender.error().message.starts_with("server_url"));
    CHECK(sender.error().message.find("secret") == std::string::npos);
  }
  CHECK(make_http_screenshot_sender(
            {.server_url = "http://server", .credential = "a\r\nX: y", .ca_file = "", .user_agent = ""})
            .has_error());
}
