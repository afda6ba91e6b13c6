#include <activitytrack/sender/sender.hpp>

#include "core/event_batch.hpp"
#include "fakes.hpp"
#include "net/compress.hpp"
#include "print_error.hpp"
#include "scripted_server.hpp"

#include <doctest/doctest.h>

using namespace activitytrack;
using namespace activitytrack::test;

namespace {

std::vector<Event> some_events(int count) {
  std::vector<Event> batch(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    batch[static_cast<std::size_t>(i)].machine_id = "vm-1";
    batch[static_cast<std::size_t>(i)].timestamp = at("2024-01-15T10:30:00Z") + std::chrono::minutes(i);
  }
  return batch;
}

}  // namespace

TEST_CASE("a batch goes out as the contract says") {
  std::string seen;
  ScriptedServer server({[&](Peer& peer) {
    seen = peer.read_request();
    peer.write(http_answer(R"({"accepted":3,"duplicates":0,"rejected":[]})"));
  }});
  auto sender = make_http_sender({.server_url = server.url("/prefix/"),
                                  .credential = "t0ken",
                                  .ca_file = "",
                                  .user_agent = "activitytrack-agent/1"})
                    .value();
  const std::vector<Event> batch = some_events(3);
  const AgentState agent{"1.2", 60, 300, AgentState::Capture::paused};
  const SendOutcome outcome = sender->send(encoded(batch), agent);
  CHECK(outcome.status == SendOutcome::settled);
  CHECK(outcome.answer.accepted == 3);
  CHECK(seen.starts_with("POST /prefix/api/events HTTP/1.1\r\n"));
  for (const char* field : {"Content-Type: application/json\r\n", "Content-Encoding: zstd\r\n",
                            "Authorization: Bearer t0ken\r\n", "User-Agent: activitytrack-agent/1\r\n"}) {
    CHECK(seen.find(field) != std::string::npos);
  }
  const auto body = decompress(body_of(seen), ContentCoding::zstd, 1 << 20);
  REQUIRE(body.has_value());
  const auto decoded = decode_batch(*body);
  REQUIRE(decoded.has_value());
  CHECK(decoded->events == batch);
  CHECK(decoded->agent == agent);
}

TEST_CASE("without a credential none is sent") {
  std::string seen;
  ScriptedServer server({[&](Peer& peer) { seen = peer.read_request(); }});
  auto sender = make_http_sender({.server_url = server.url(), .credential = "", .ca_file = "", .user_agent = ""});
  REQUIRE(sender.has_value());
  CHECK((*sender)->send(encoded(some_events(1))).status == SendOutcome::retry);
  CHECK(seen.starts_with("POST /api/events HTTP/1.1\r\n"));
  CHECK(seen.find("Authorization") == std::string::npos);
  CHECK(seen.find("User-Agent") == std::string::npos);
}

TEST_CASE("what can never work is refused at once, and nothing secret is repeated") {
  for (const char* url : {"", "server", "ftp://server", "http://me:secret@server", "http://server/?secret=1"}) {
    CAPTURE(url);
    const auto sender = make_http_sender({.server_url = url, .credential = "", .ca_file = "", .user_agent = ""});
    REQUIRE(sender.has_error());
    CHECK(sender.error().message.starts_with("server_url"));
    CHECK(sender.error().message.find("secret") == std::string::npos);
  }
  const auto injected = make_http_sender(
      {.server_url = "http://server", .credential = "secret\r\nX: y", .ca_file = "", .user_agent = ""});
  REQUIRE(injected.has_error());
  CHECK(injected.error().message.find("secret") == std::string::npos);
  CHECK(
      make_http_sender({.server_url = "https://server", .credential = "", .ca_file = "/no/such.pem", .user_agent = ""})
          .has_error());
}
