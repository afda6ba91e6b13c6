// What every Sender promises, whatever lies between it and the server.
#include <activitytrack/sender/sender.hpp>

#include "core/event_batch.hpp"
#include "fakes.hpp"
#include "net/compress.hpp"
#include "print_error.hpp"
#include "scripted_server.hpp"
#include "temp_folder.hpp"

#include <doctest/doctest.h>

#include <future>
#include <set>

using namespace activitytrack;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

using Wrap = std::function<bool(Peer&)>;

/// Takes events as a server does, each once, and fails as told: one failure a request, in turn.
struct EventServer {
  explicit EventServer(Wrap before) : wrap(std::move(before)), server({[this](Peer& peer) { serve(peer); }}) {}

  void serve(Peer& peer) {
    if (!wrap(peer)) return;
    for (std::string request; !(request = peer.read_request()).empty();) {
      const std::string failure = next_failure();
      if (failure == "close before") return;
      if (failure.starts_with("HTTP")) {
        peer.write(failure);
        continue;
      }
      const std::string answer = http_answer(store(request));
      if (failure == "close after") return;
      if (failure == "cut") {
        peer.write(answer.substr(0, answer.size() - 5));
        return;
      }
      if (failure == "silence") {
        silent.set_value();
        peer.wait_for_close();
        return;
      }
      peer.write(answer);
    }
  }

  std::string next_failure() {
    if (failures.empty()) return {};
    const std::string failure = failures.front();
    failures.erase(failures.begin());
    return failure;
  }

  std::string store(const std::string& request) {
    const DecodedBatch batch = decode_batch(decompress(body_of(request), ContentCoding::zstd, 1 << 20).value()).value();
    BatchAnswer answer;
    for (const Event& event : batch.events) {
      const bool fresh = stored.emplace(event.machine_id, event.timestamp).second;
      ++(fresh ? answer.accepted : answer.duplicates);
    }
    answer.rejected = batch.rejected;
    return encode_answer(answer);
  }

  Wrap wrap;
  std::vector<std::string> failures;  // set between requests
  std::set<std::pair<std::string, Time>> stored;
  std::promise<void> silent;
  ScriptedServer server;  // last: its thread uses the others
};

std::unique_ptr<Sender> sender_to(const std::string& url, const std::string& ca_file = {}) {
  return make_http_sender({.server_url = url, .credential = "t0ken", .ca_file = ca_file, .user_agent = "test"}).value();
}

struct Http {
  EventServer events{[](Peer&) { return true; }};
  std::unique_ptr<Sender> sender = sender_to(events.server.url());
};

struct Https {
  TempFolder folder;
  TlsServerContext tls{"DNS:localhost"};
  EventServer events{[this](Peer& peer) { return peer.start_tls(tls.get()); }};
  std::unique_ptr<Sender> sender = sender_to("https://localhost:" + std::to_string(events.server.port()),
                                             folder.write("ca.pem", tls.certificate_pem()));
};

struct HttpByProxy {
  EventServer events{[](Peer&) { return true; }};
  ScopedEnv proxy{"http_proxy", events.server.url().c_str()};
  std::unique_ptr<Sender> sender = sender_to("http://server.example");
};

struct HttpsByProxy {
  TempFolder folder;
  TlsServerContext tls{"DNS:server.example"};
  EventServer events{[this](Peer& peer) {
    return !peer.read_request().empty() && peer.write("HTTP/1.1 200 OK\r\n\r\n") && peer.start_tls(tls.get());
  }};
  ScopedEnv proxy{"https_proxy", events.server.url().c_str()};
  std::unique_ptr<Sender> sender = sender_to("https://server.example", folder.write("ca.pem", tls.certificate_pem()));
};

std::vector<Event> batch_of(int count) {
  std::vector<Event> batch(static_cast<std::size_t>(count));
  Time time = at("2024-01-15T10:30:00Z");
  for (Event& event : batch) {
    event.machine_id = "vm-1";
    event.timestamp = time += 60s;
    event.active_window = "Visual Studio Code";
  }
  return batch;
}

}  // namespace

#define SENDERS Http, Https, HttpByProxy, HttpsByProxy

TEST_CASE_TEMPLATE("a batch that arrives is settled, and a second copy is told as such", T, SENDERS) {
  T t;
  const auto batch = batch_of(500);
  SendOutcome outcome = t.sender->send(encoded(batch));
  CHECK(outcome.status == SendOutcome::settled);
  CHECK(outcome.answer.accepted == 500);
  outcome = t.sender->send(encoded(batch));
  CHECK(outcome.status == SendOutcome::settled);
  CHECK(outcome.answer.duplicates == 500);
  CHECK(t.events.server.connections() == 1);
}

TEST_CASE_TEMPLATE("rejections name their events", T, SENDERS) {
  T t;
  auto batch = batch_of(3);
  batch[1].key_count = -1;
  const SendOutcome outcome = t.sender->send(encoded(batch));
  CHECK(outcome.status == SendOutcome::settled);
  CHECK(outcome.answer.accepted == 2);
  REQUIRE(outcome.answer.rejected.size() == 1);
  CHECK(outcome.answer.rejected[0].index == 1);
  CHECK(outcome.answer.rejected[0].field == "key_count");
}

TEST_CASE_TEMPLATE("whatever goes wrong, trying again delivers each event once", T, SENDERS) {
  T t;
  const auto batch = batch_of(5);
  for (const std::string failure :
       {"close before", "close after", "cut", "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 429 Slow down\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://login.example/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>"}) {
    CAPTURE(failure);
    t.events.failures = {failure, failure};  // a kept connection is tried a second time
    const SendOutcome outcome = t.sender->send(encoded(batch));
    CHECK(outcome.status == SendOutcome::retry);
    CHECK(!outcome.error.message.empty());
    CHECK(outcome.error.message.find("t0ken") == std::string::npos);
    CHECK(outcome.retry_after.has_value() == (failure.find("Retry-After") != std::string::npos));
    t.events.failures.clear();
    CHECK(t.sender->send(encoded(batch)).status == SendOutcome::settled);
    CHECK(t.events.stored.size() == batch.size());
  }
}

TEST_CASE_TEMPLATE("what will never be taken is refused", T, SENDERS) {
  T t;
  for (const char* status : {"400 Bad", "413 Large", "415 What", "422 No"}) {
    t.events.failures = {"HTTP/1.1 " + std::string(status) + "\r\nContent-Length: 0\r\n\r\n"};
    const SendOutcome outcome = t.sender->send(encoded(batch_of(1)));
    CHECK(outcome.status == SendOutcome::refused);
    CHECK(outcome.error.message.find(std::string(status).substr(0, 3)) != std::string::npos);
  }
}

TEST_CASE_TEMPLATE("cancel ends a send under way, and all later ones", T, SENDERS) {
  T t;
  t.events.failures = {"silence"};
  std::thread canceller([&] {
    t.events.silent.get_future().wait_for(20s);
    t.sender->cancel();
  });
  CHECK(t.sender->send(encoded(batch_of(1))).status == SendOutcome::retry);
  canceller.join();
  CHECK(t.sender->send(encoded(batch_of(1))).status == SendOutcome::retry);
  CHECK(t.events.server.connections() == 1);
}
