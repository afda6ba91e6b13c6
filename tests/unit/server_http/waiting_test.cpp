#include <doctest/doctest.h>

#include "running_listener.hpp"
#include "wait.hpp"

#include <mutex>
#include <vector>

using namespace activitytrack;
using namespace activitytrack::server;

namespace {

namespace asio = boost::asio;

/// Keeps the answers of those that wait.
struct Lobby {
  std::mutex mutex;
  std::vector<Answer> waiting;
  int given_up = 0;

  std::function<void()> take(Answer answer) {
    const std::scoped_lock lock(mutex);
    waiting.push_back(answer);
    return [this, answer] {
      const std::scoped_lock again(mutex);
      ++given_up;
      answer({.status = 304});
    };
  }
  std::size_t size() {
    const std::scoped_lock lock(mutex);
    return waiting.size();
  }
  void answer_all() {
    const std::scoped_lock lock(mutex);
    for (const auto& answer : waiting) answer({.body = "news"});
    waiting.clear();
  }
};

Lobby lobby;

const Route waiting_routes[] = {
    {"GET", "/wait", WaitingHandler([](const Request&, Answer answer) { return lobby.take(std::move(answer)); })},
    {"GET", "/now", WaitingHandler([](const Request&, const Answer& answer) -> std::function<void()> {
       answer({.body = "now"});
       return nullptr;
     })},
    {"GET", "/broken",
     WaitingHandler([](const Request&, const Answer&) -> std::function<void()> { throw std::runtime_error("no"); })},
};

const std::string wait_request = "GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n";
const std::string now_request = "GET /now HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

HttpConfig one_connection() {
  HttpConfig config;
  config.limits.max_connections = 1;
  config.limits.max_connections_per_address = 1;
  return config;
}

std::string rest_of(asio::ip::tcp::socket& socket) {
  std::string text;
  boost::system::error_code error;
  asio::read(socket, asio::dynamic_buffer(text), error);
  return text;
}

}  // namespace

TEST_CASE("who waits is no connection, in all or of an address, and is answered when something happens") {
  const test::RunningListener server(waiting_routes, one_connection());
  asio::io_context own;
  std::vector<asio::ip::tcp::socket> sockets;
  for (std::size_t waiting = 0; waiting < 3; ++waiting) {
    sockets.push_back(server.ask(own, wait_request));
    REQUIRE(test::wait_until([&] { return server.stats.waiting_now == waiting + 1; }));
  }
  CHECK(server.answers(now_request).starts_with("HTTP/1.1 200 "));
  lobby.answer_all();
  for (auto& socket : sockets) {
    asio::write(socket, asio::buffer(now_request));
    const auto text = rest_of(socket);
    CHECK(text.find("\r\n\r\nnews") != std::string::npos);
    CHECK(text.find("\r\n\r\nnow") != std::string::npos);
  }
  CHECK(server.stats.waiting_now == 0);
  CHECK(lobby.given_up == 0);
}

TEST_CASE("a client that goes waits no more") {
  const test::RunningListener server(waiting_routes);
  asio::io_context own;
  {
    auto socket = server.ask(own, wait_request);
    REQUIRE(test::wait_until([&] { return server.stats.waiting_now == 1; }));
  }
  REQUIRE(test::wait_until([&] { return server.stats.connections_now == 0; }));
  CHECK(lobby.given_up == 1);
  CHECK(server.stats.waiting_now == 0);
  lobby.waiting.clear();
}

TEST_CASE("a request that was sent ahead is answered after the one that waits") {
  const test::RunningListener server(waiting_routes);
  asio::io_context own;
  auto socket = server.ask(own, wait_request + now_request);
  REQUIRE(test::wait_until([&] { return lobby.size() == 1; }));
  lobby.answer_all();
  const auto text = rest_of(socket);
  CHECK(text.find("news") < text.find("now"));
  CHECK(text.ends_with("\r\n\r\nnow"));
}

TEST_CASE("a handler that fails is answered for") {
  const test::RunningListener server(waiting_routes);
  CHECK(server.answers("GET /broken HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .starts_with("HTTP/1.1 500 "));
}
