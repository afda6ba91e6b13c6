#include "configuration_poll.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "scripted_server.hpp"
#include "wait.hpp"

#include <atomic>
#include <mutex>

using namespace activitytrack;
using namespace activitytrack::agent_app;
using namespace activitytrack::test;

namespace {

/// What comes from the poll's thread.
template <class T>
class Heard {
 public:
  void add(T item) {
    const std::scoped_lock lock(mutex_);
    items_.push_back(std::move(item));
  }
  std::vector<T> all() const {
    const std::scoped_lock lock(mutex_);
    return items_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<T> items_;
};

class KeepingNotifier : public Notifier {
 public:
  explicit KeepingNotifier(Heard<std::string>& heard) : heard_(heard) {}
  Result<void> notify(const std::string&, const std::string& text) override { return heard_.add(text), Result<void>(); }

 private:
  Heard<std::string>& heard_;
};

ConfigurationQuestion question_to(const ScriptedServer& server) {
  ConfigurationQuestion question{.machine_id = "vm-1", .said = {.version = 7}};
  question.settings.server_url = server.url();
  return question;
}

}  // namespace

TEST_CASE("a server that does not answer in time counts as not reached, however slowly it goes on answering") {
  const ScriptedServer server({[](Peer& peer) {
    peer.read_request();
    peer.write_slowly("HTTP/1.1 200 OK\r\nX: " + std::string(10'000, 'x'), std::chrono::milliseconds(50));
  }});
  MemoryLog log;
  Heard<ConfigurationPoll::News> heard;
  ConfigurationPoll poll([&](ConfigurationPoll::News news) { heard.add(std::move(news)); }, nullptr, log);
  auto question = question_to(server);
  question.on_trial = true;
  question.patience = std::chrono::seconds(1);
  poll.ask(question);
  REQUIRE(wait_until([&] { return !heard.all().empty(); }));
  CHECK(heard.all()[0].kind == ConfigurationPoll::News::unreached);
  CHECK(heard.all()[0].reason == "the server was not reached with it within 1 s");
}

TEST_CASE("answers that make no sense bring no news, and the next good one does") {
  const std::string sane = R"({"version":8,"settings":{"idle_after_sec":7}})";
  std::vector<std::string> hostile{"",
                                   "HTTP/1.1 200 OK\r\n",
                                   "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + sane,
                                   "HTTP/1.1 200 OK\r\n\r\n" + std::string(1 << 20, ' ') + sane,
                                   "HTTP/1.1 200 OK\r\nX: " + std::string(1 << 20, 'x'),
                                   std::string(1 << 16, '\0')};
  const std::string depth = std::string(50'000, '['), back = std::string(50'000, ']');
  for (const std::string& body :
       {std::string(), std::string("<!DOCTYPE html><title>Sign in</title>"), std::string("[]"), depth + back,
        R"({"version":9,"settings":{"a":)" + depth + back + "}}", std::string("\x1f\x8b\x08\0\0\0", 6),
        std::string(R"({"version":9,"version":-1,"settings":{}})")})
    hostile.push_back(http_answer(body));
  for (const auto* number :
       {"-1", "9223372036854775808", "1e300", "99.5", "\"99\"", "null", "NaN", "100000000000000000000000000000000000"})
    hostile.push_back(http_answer(std::string(sane).replace(sane.find('8'), 1, number)));
  for (const auto* status : {"301 Moved Permanently", "302 Found", "303 See Other", "307 Temporary Redirect",
                             "308 Permanent Redirect", "500 Internal Server Error", "403 Forbidden"})
    hostile.push_back(http_answer(sane, status, "Location: http://127.0.0.1:9/\r\n"));

  /// All at once, since each waits for its next try.
  struct Exchange {
    Exchange(std::string answer, const std::string& then, Log& log)
        : server({[answer = std::move(answer)](Peer& peer) {
                    peer.read_request();
                    peer.write(answer);
                  },
                  always(http_answer(then))}),
          poll([this](ConfigurationPoll::News news) { heard.add(std::move(news)); }, nullptr, log) {
      poll.ask(question_to(server));
    }
    ScriptedServer server;
    Heard<ConfigurationPoll::News> heard;
    ConfigurationPoll poll;
  };
  MemoryLog log;
  std::vector<std::unique_ptr<Exchange>> exchanges;
  for (const std::string& answer : hostile) exchanges.push_back(std::make_unique<Exchange>(answer, sane, log));
  for (std::size_t i = 0; i < exchanges.size(); ++i) {
    CAPTURE(hostile[i].substr(0, 200));
    CHECK(wait_until([&] { return !exchanges[i]->heard.all().empty(); }));
    const auto heard = exchanges[i]->heard.all();
    REQUIRE(heard.size() == 1);
    CHECK(heard[0].kind == ConfigurationPoll::News::given);
    CHECK(heard[0].settings.version == 8);
  }
}

TEST_CASE("what the person is to be told is told, also when something else is asked meanwhile") {
  const ScriptedServer server({always(http_answer("", "304 Not Modified"))});
  MemoryLog log;
  Heard<std::string> shown;
  ConfigurationPoll poll([](const ConfigurationPoll::News&) {}, std::make_unique<KeepingNotifier>(shown), log);
  auto question = question_to(server);
  question.rest = std::chrono::hours(1);
  question.notice = "the blur is off";
  poll.ask(question);
  question.notice.clear();
  poll.ask(question);
  REQUIRE(wait_until([&] { return !shown.all().empty(); }));
  CHECK(shown.all() == std::vector<std::string>{"the blur is off"});
}

TEST_CASE("that the person could not be told is known until they could, which is tried again") {
  const ScriptedServer server({always(http_answer("", "304 Not Modified"))});
  struct Deaf final : Notifier {
    Deaf(std::atomic<bool>& flag, std::atomic<int>& count) : hears(flag), tries(count) {}
    Result<void> notify(const std::string&, const std::string& text) override {
      CHECK(text == "the blur is off");
      ++tries;
      return hears ? Result<void>() : Error{ErrorCode::unavailable, "nobody shows it"};
    }
    std::atomic<bool>& hears;
    std::atomic<int>& tries;
  };
  MemoryLog log;
  std::atomic<bool> hears = false;
  std::atomic<int> tries = 0;
  ConfigurationPoll poll([](const ConfigurationPoll::News&) {}, std::make_unique<Deaf>(hears, tries), log);
  auto question = question_to(server);
  question.notice = "the blur is off";
  poll.ask(question);
  CHECK(wait_until([&] { return poll.notice_error() == "nobody shows it"; }));
  const int before = tries;
  poll.ask(question);  // it is not said twice
  CHECK(wait_until([&] { return tries > before; }));
  hears = true;
  CHECK(wait_until([&] { return poll.notice_error().empty(); }));
}

TEST_CASE("a version that the server wants is asked for at once, unless the agent has it, refused it, or just asked") {
  std::atomic<int> asked = 0, at_once = 0;
  const auto answer = [&](Peer& peer) {
    const bool is_at_once = peer.read_request().find("&wait=0&") != std::string::npos;
    ++(is_at_once ? at_once : asked);
    if (!is_at_once) return peer.wait_for_close();
    peer.write(http_answer("", "304 Not Modified"));
  };
  const ScriptedServer server({[&](Peer& peer) { answer(peer); }});
  MemoryLog log;
  Heard<ConfigurationPoll::News> heard;
  ConfigurationPoll poll([&](ConfigurationPoll::News news) { heard.add(std::move(news)); }, nullptr, log);
  auto question = question_to(server);
  question.said.error_version = 8;
  poll.ask(question);
  REQUIRE(wait_until([&] { return asked == 1; }));
  poll.wanted(7);
  poll.wanted(8);
  poll.wanted(9);
  REQUIRE(wait_until([&] { return heard.all().size() == 1; }));
  CHECK(heard.all()[0].kind == ConfigurationPoll::News::reached);
  poll.ask(question);
  REQUIRE(wait_until([&] { return asked == 2; }));
  poll.wanted(9);  // the server did not give it, and is left alone for a minute
  poll.wanted(10);
  REQUIRE(wait_until([&] { return heard.all().size() == 2; }));
  CHECK(at_once == 2);
}

TEST_CASE("where something on the way cuts what waits, the wait is shorter from then on") {
  Heard<std::string> waits;
  const auto wait_of = [](const std::string& request) {
    const auto at = request.find("&wait=");
    return request.substr(at, request.find('&', at + 1) - at);
  };
  const ScriptedServer server({[&](Peer& peer) {
    waits.add(wait_of(peer.read_request()));
    std::this_thread::sleep_for(std::chrono::milliseconds(2'100));
    peer.write(http_answer("", "504 Gateway Time-out"));
  }});
  MemoryLog log;
  ConfigurationPoll poll([](const ConfigurationPoll::News&) {}, nullptr, log,
                         {std::chrono::seconds(60), std::chrono::seconds(1)});
  poll.ask(question_to(server));
  REQUIRE(wait_until([&] { return waits.all().size() == 2; }));
  CHECK(waits.all() == std::vector<std::string>{"&wait=60", "&wait=1"});
}

TEST_CASE("a server that gives no configuration is asked once, and the log says so once") {
  std::atomic<int> asked = 0;
  const ScriptedServer server({[&](Peer& peer) {
    peer.read_request();
    ++asked;
    peer.write(http_answer("", "404 Not Found"));
  }});
  MemoryLog log;
  ConfigurationPoll poll([](const ConfigurationPoll::News&) {}, nullptr, log);
  poll.ask(question_to(server));
  REQUIRE(wait_until([&] { return asked == 1 && log.count("the server gives agents no configuration") > 0; }));
  poll.ask(question_to(server));
  REQUIRE(wait_until([&] { return asked == 2; }));
  poll.wanted(9);  // as one does that knows more by now
  REQUIRE(wait_until([&] { return asked == 3; }));
  CHECK(log.count("the server gives agents no configuration") == 1);
}
