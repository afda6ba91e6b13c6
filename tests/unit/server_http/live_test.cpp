// Answers without an end of their own: sent as they come, noticed when the client goes, and holding no thread.
#include <doctest/doctest.h>

#include "running_listener.hpp"
#include "wait.hpp"

#include <map>
#include <mutex>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

/// What all sources of this test say.
struct Said {
  std::mutex mutex;
  std::map<const LiveSource*, std::function<void()>> sources;  ///< that live, and what rings each
  std::optional<std::string> text{""};

  void say(std::optional<std::string> what) {
    const std::lock_guard lock(mutex);
    text = std::move(what);
    for (const auto& [source, ring] : sources)
      if (ring) ring();
  }
  std::size_t living() {
    const std::lock_guard lock(mutex);
    return sources.size();
  }
} said;

struct Source : LiveSource {
  Source() {
    const std::lock_guard lock(said.mutex);
    said.sources[this] = nullptr;
  }
  ~Source() override {
    const std::lock_guard lock(said.mutex);
    said.sources.erase(this);
  }
  void begin(std::function<void()> ring) override {
    const std::lock_guard lock(said.mutex);
    said.sources[this] = std::move(ring);
  }
  std::optional<std::string> take() override {
    const std::lock_guard lock(said.mutex);
    return said.text && !said.text->empty() ? std::exchange(*said.text, {}) : said.text;
  }
  std::string_view ping() const override { return ": ping\n\n"; }
};

Response live(const Request&) {
  Response response{.content_type = "text/event-stream"};
  response.live = std::make_shared<Source>();
  return response;
}

const Route table[] = {{"GET", "/live", Handler(live)}};

constexpr std::string_view ask_live = "GET /live HTTP/1.1\r\nHost: a\r\n\r\n";

std::string read_until(asio::ip::tcp::socket& socket, std::string_view end) {
  std::string text;
  asio::read_until(socket, asio::dynamic_buffer(text), std::string(end));
  return text;
}

}  // namespace

TEST_CASE("what a live source says goes out when it is said, until it ends") {
  said.say("");
  RunningListener server(table);
  asio::io_context own;
  auto socket = server.ask(own, ask_live);
  const std::string head = read_until(socket, "\r\n\r\n");
  CHECK(head.find("Transfer-Encoding: chunked") != std::string::npos);
  CHECK(head.find("Connection: close") != std::string::npos);
  CHECK(wait_until([&] { return server.stats.waiting_now == 1; }));
  said.say("data: 1\n\n");
  CHECK(read_until(socket, "data: 1\n\n\r\n").ends_with("9\r\ndata: 1\n\n\r\n"));
  said.say("data: 2\n\n");
  read_until(socket, "data: 2\n\n\r\n");
  said.say(std::nullopt);
  CHECK(read_until(socket, "0\r\n\r\n").ends_with("0\r\n\r\n"));
  CHECK(wait_until([] { return said.living() == 0; }));
  CHECK(server.stats.waiting_now == 0);
}

TEST_CASE("a client that goes is noticed while nothing is said, and a stop ends what is under way") {
  said.say("");
  RunningListener server(table);
  asio::io_context own;
  {
    auto socket = server.ask(own, ask_live);
    read_until(socket, "\r\n\r\n");
    CHECK(wait_until([] { return said.living() == 1; }));
  }
  CHECK(wait_until([] { return said.living() == 0; }));
  auto stays = server.ask(own, ask_live);
  read_until(stays, "\r\n\r\n");
  CHECK(said.living() == 1);
}

TEST_CASE("an old client gets it without chunks, and a HEAD nothing of it") {
  said.say("data: 1\n\n");
  RunningListener server(table);
  asio::io_context own;
  auto socket = server.ask(own, "GET /live HTTP/1.0\r\n\r\n");
  CHECK(read_until(socket, "data: 1\n\n").find("chunked") == std::string::npos);
  CHECK(server.answers("HEAD /live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").ends_with("\r\n\r\n"));
}
