#include "configuration_poll.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "scripted_server.hpp"
#include "wait.hpp"

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
  ConfigurationQuestion question{.machine_id = "vm-1", .version = 7};
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
