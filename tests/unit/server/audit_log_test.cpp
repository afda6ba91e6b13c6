#include "server/accounts/audit_log.hpp"
#include "server/accounts/access.hpp"
#include "server/api/routes.hpp"
#include "server/http/message.hpp"
#include "server/serve/storage.hpp"

#include <doctest/doctest.h>

#include "fakes.hpp"
#include "memory_store.hpp"
#include "wait.hpp"

#include <atomic>
#include <deque>
#include <future>
#include <mutex>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

/// Takes nothing as long as it is away, and never an entry of the name "poison".
class BalkyDatabase : public Database {
 public:
  using Database::run;
  Result<std::int64_t> run(std::string_view sql, std::span<const SqlValue> parameters, const EachRow& each) override {
    if (is_away) return Error{ErrorCode::unavailable, "database: away"};
    for (const SqlValue& value : parameters) {
      if (value == SqlValue(std::string("poison"))) return Error{ErrorCode::invalid_input, "database: poison"};
    }
    return store.database->run(sql, parameters, each);
  }
  Result<void> transact(const std::function<Result<void>()>& work) override {
    if (gate.valid()) {
      begun.set_value();
      std::exchange(gate, {}).wait();
    }
    if (throws.exchange(false)) throw std::runtime_error("no memory");
    auto done = store.database->transact(work);
    if (done && unsure.exchange(false)) return Error{ErrorCode::unavailable, "database: kept, but not known to be"};
    if (done) std::call_once(once, [this] { written.set_value(); });
    return done;
  }

  Store store = make_memory_store();
  std::atomic<bool> is_away = false;
  std::atomic<bool> unsure = false;  ///< the next transaction is kept, and fails
  std::atomic<bool> throws = false;  ///< the next transaction does
  std::shared_future<void> gate;     ///< what the next transaction waits for, if anything
  std::promise<void> begun;          ///< when it waits
  std::once_flag once;
  std::promise<void> written;  ///< for the first time
};

const Route table[] = {{.method = "GET",
                        .pattern = "/api/machines/{id}",
                        .handler = Handler(),
                        .access = static_cast<int>(Access::read_machine)}};

struct AuditRig {
  BalkyDatabase database;
  FakeClock clock{"2024-01-15T12:00:00Z"};
  MemoryLog log;

  Request request(const std::string& name, const std::string& machine_id = "vm-1") {
    Request made{.method = "GET"};
    made.target = parse_target("/api/machines/" + machine_id).value();
    made.route = std::get<const Route*>(find_route(table, made));
    made.identity = Principal{.kind = Principal::Kind::person, .name = name};
    return made;
  }
  /// What the asker is answered in the end. Requests live as long as this.
  std::future<Response> read(AuditLog& audit, const std::string& name) {
    requests.push_back(request(name));
    const auto answered = std::make_shared<std::promise<Response>>();
    audit.pass_on(requests.back(), 200, Response{.body = "data"},
                  [answered](Response response) { answered->set_value(std::move(response)); });
    return answered->get_future();
  }
  std::deque<Request> requests;
  std::vector<AuditEntry> rows() { return read_audit(*database.store.database, {}).value(); }
};

}  // namespace

TEST_CASE_FIXTURE(AuditRig, "a read is answered when its entry is written, and not before") {
  AuditLog audit(database, clock, log);
  const auto held = std::make_unique<std::promise<void>>();
  database.gate = held->get_future().share();
  auto answer = read(audit, "reader");
  database.begun.get_future().wait();
  CHECK(answer.wait_for(std::chrono::seconds(0)) == std::future_status::timeout);
  CHECK(rows().empty());
  held->set_value();
  CHECK(answer.get().body == "data");
  CHECK(rows().size() == 1);
}

TEST_CASE_FIXTURE(AuditRig, "an entry that cannot be written keeps no other out, and its reader gets no data") {
  AuditLog audit(database, clock, log);
  std::vector<std::future<Response>> answers;
  for (const std::string name : {"first", "poison", "last"}) answers.push_back(read(audit, name));
  CHECK(answers[0].get().status == 200);
  const Response refused = answers[1].get();
  CHECK(refused.status == 503);
  CHECK(refused.body.find("data") == refused.body.npos);
  CHECK(answers[2].get().status == 200);
  CHECK(rows().size() == 2);
  CHECK(log.count("is left out") == 1);
}

TEST_CASE_FIXTURE(AuditRig, "no read is answered while the database takes no entry") {
  database.is_away = true;
  AuditLog audit(database, clock, log);
  for (int i = 0; i < 3; ++i) CHECK(read(audit, "reader").get().status == 503);
  CHECK(log.count("cannot be written") == 1);
  database.is_away = false;
  CHECK(read(audit, "reader").get().status == 200);
  audit.stop();
  CHECK(rows().size() == 1);
  CHECK(read(audit, "late").get().status == 503);
}

TEST_CASE_FIXTURE(AuditRig, "what is refused waits within bounds for a database that is away") {
  database.is_away = true;
  AuditLog audit(database, clock, log, 2);
  for (int i = 0; i < 2; ++i) audit.note_refused(request("stranger"), 403);
  CHECK(audit.is_full());
  for (int i = 0; i < 3; ++i) audit.note_refused(request("stranger"), 403);
  CHECK(read(audit, "reader").get().status == 503);
  database.is_away = false;
  database.written.get_future().wait();
  audit.stop();
  CHECK(rows().size() == 2);
  CHECK(log.count("refused requests were left out") == 1);
}

TEST_CASE_FIXTURE(AuditRig, "what was kept though that failed is not written twice") {
  database.unsure = true;
  AuditLog audit(database, clock, log);
  audit.note_refused(request("first"), 403);
  audit.note_refused(request("second"), 403);
  database.written.get_future().wait();
  audit.stop();
  CHECK(rows().size() == 2);
}

TEST_CASE_FIXTURE(AuditRig, "what writing threw away is written next, and makes room; its reader is told") {
  database.throws = true;
  AuditLog audit(database, clock, log, 2);
  audit.note_refused(request("stranger"), 403);
  CHECK(read(audit, "reader").get().status == 503);
  database.written.get_future().wait();
  CHECK(wait_until([&] { return !audit.is_full(); }));
  audit.stop();
  CHECK(rows().size() == 1);
}

TEST_CASE_FIXTURE(AuditRig, "what can be no machine's id is not written down") {
  CHECK(audit_entry(request("reader", std::string(128, 'x')), clock.now(), 403).machine_id.size() == 128);
  CHECK(audit_entry(request("reader", std::string(129, 'x')), clock.now(), 403).machine_id.empty());
}
