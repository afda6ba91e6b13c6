#include <doctest/doctest.h>

#include "running_listener.hpp"

#include <atomic>
#include <latch>
#include <stdexcept>
#include <thread>

using namespace activitytrack;
using namespace activitytrack::server;

namespace {

namespace asio = boost::asio;

std::atomic<int> pulled{0};
std::atomic<int> sources{0};

/// Counts the sources that live.
struct Counted {
  Counted() { ++sources; }
  Counted(const Counted&) { ++sources; }
  ~Counted() { --sources; }
};

Response three_pieces(const Request&) {
  Response response{.content_type = "text/csv"};
  response.stream = [count = 0, held = Counted()]() mutable {
    return count < 3 ? "piece " + std::to_string(++count) + "\n" : std::string();
  };
  return response;
}

Response broken(const Request&) {
  Response response;
  response.stream = [count = 0, held = Counted()]() mutable -> std::string {
    if (++count > 1) throw std::runtime_error("the store is gone");
    return "a part";
  };
  return response;
}

Response endless(const Request&) {
  Response response;
  response.stream = [held = Counted()] {
    ++pulled;
    return std::string(64 * 1024, 'e');
  };
  return response;
}

std::atomic<int> held{0};
std::latch let_go{1};

Response hold(const Request&) {
  ++held;
  let_go.wait();
  return {};
}

const Route streams[] = {
    {"GET", "/held", Handler(hold)},
    {"GET", "/three", Handler(three_pieces)},
    {"GET", "/broken", Handler(broken)},
    {"GET", "/endless", Handler(endless)},
};

struct Running : test::RunningListener {
  explicit Running(HttpConfig wanted = {}) : RunningListener(streams, std::move(wanted)) {}
};

std::string body_of(const std::string& answer) { return answer.substr(answer.find("\r\n\r\n") + 4); }

}  // namespace

TEST_CASE("a streamed answer goes in chunks, and the connection serves on") {
  const Running server;
  const auto answers = server.answers(
      "GET /three HTTP/1.1\r\nHost: localhost\r\n\r\nHEAD /three HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "GET /none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  CHECK(answers.find("Transfer-Encoding: chunked\r\n") != std::string::npos);
  CHECK(body_of(answers).starts_with(
      "8\r\npiece 1\n\r\n8\r\npiece 2\n\r\n8\r\npiece 3\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n"));
  CHECK(answers.find("HTTP/1.1 404 ") != std::string::npos);
  CHECK(answers.find("piece 1") == answers.rfind("piece 1"));
}

TEST_CASE("to HTTP/1.0 a streamed answer ends with the connection") {
  const Running server;
  const auto answer = server.answers("GET /three HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(body_of(answer) == "piece 1\npiece 2\npiece 3\n");
  CHECK(answer.find("Connection: close\r\n") != std::string::npos);
}

TEST_CASE("a source that fails cuts the answer, so that nobody takes it for whole") {
  {
    const Running server;
    const auto answer = server.answers("GET /broken HTTP/1.1\r\nHost: localhost\r\n\r\n");
    CHECK(body_of(answer) == "6\r\na part\r\n");
  }
  CHECK(sources == 0);
}

TEST_CASE("when the client goes, its source is asked no more") {
  pulled = 0;
  {
    const Running server;
    {
      asio::io_context own;
      auto socket = server.ask(own, "GET /endless HTTP/1.1\r\nHost: localhost\r\n\r\n");
      std::string start(1'000'000, '\0');
      asio::read(socket, asio::buffer(start));
      CHECK(start.starts_with("HTTP/1.1 200 OK"));
    }
    while (sources > 0) std::this_thread::yield();  // the test's own time-out ends it
  }
  CHECK(pulled < 1000);  // what the sockets between take, and no more
}

TEST_CASE("a request whose turn does not come in time is told to come back") {
  HttpConfig config;
  config.limits.turn_timeout = std::chrono::seconds(0);  // it is looked at each second
  const Running server(config);
  asio::io_context own;
  const std::string request = "GET /held HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  auto first = server.ask(own, request), second = server.ask(own, request);
  while (held < 2) std::this_thread::yield();  // one asker has two threads of three
  const auto late = server.answers(request);
  CHECK(late.starts_with("HTTP/1.1 503 "));
  CHECK(late.find("\r\nRetry-After: 10\r\n") != std::string::npos);
  CHECK(server.stats.turns_refused == 1);
  CHECK(held == 2);
  let_go.count_down();
  for (auto* socket : {&first, &second}) {
    std::string text;
    boost::system::error_code error;
    asio::read(*socket, asio::dynamic_buffer(text), error);
    CHECK(text.starts_with("HTTP/1.1 200 "));
  }
}
