#include "server/http/listener.hpp"

#include <doctest/doctest.h>
#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/streambuf.hpp>
#include <boost/asio/write.hpp>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <thread>

#include "fakes.hpp"
#include "print_error.hpp"

using namespace activitytrack;
using namespace activitytrack::server;

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

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

struct Everyone : AccessControl {
  std::optional<Response> refuse(const Route&, Request&) override { return std::nullopt; }
  bool is_known(const Route&, const Request&) override { return true; }
  void answered(const Request&, int, Response response, Answer answer) override { answer(std::move(response)); }
};

/// A listener with these routes, and its threads.
struct Running {
  explicit Running(HttpConfig wanted = {}) : config(std::move(wanted)) {
    port = parse_port(listener.listen({asio::ip::make_address("127.0.0.1"), 0}).value());
    thread = std::thread([this] { context.run(); });
  }
  ~Running() {
    asio::post(context, [this] { listener.stop(); });
    thread.join();
    workers.join();
  }

  static unsigned short parse_port(const std::string& address) {
    return static_cast<unsigned short>(std::stoi(address.substr(address.rfind(':') + 1)));
  }

  tcp::socket ask(asio::io_context& own, std::string_view request) const {
    tcp::socket socket(own);
    socket.connect({asio::ip::make_address("127.0.0.1"), port});
    asio::write(socket, asio::buffer(request.data(), request.size()));
    return socket;
  }

  /// All that is answered until the server closes.
  std::string answers(std::string_view request) const {
    asio::io_context own;
    auto socket = ask(own, request);
    std::string text;
    boost::system::error_code error;
    asio::read(socket, asio::dynamic_buffer(text), error);
    return text;
  }

  test::MemoryLog log;
  Everyone access;
  asio::io_context context{1};
  HttpStats stats;
  FairPool workers{{}};
  Dispatcher dispatcher{streams, access, log, stats, {&workers, &workers, &workers, &workers, &workers, &workers}};
  HttpConfig config;
  Listener listener{context, config, dispatcher, stats, log};
  unsigned short port = 0;
  std::thread thread;
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
