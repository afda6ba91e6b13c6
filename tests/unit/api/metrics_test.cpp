#include <doctest/doctest.h>

#include "api.hpp"
#include "server/metrics/metrics_text.hpp"

#include <boost/algorithm/string/split.hpp>

#include <algorithm>
#include <set>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;
using namespace std::chrono_literals;

namespace {

/// The value of one sample; fails the test if there is none.
double sample(const std::string& text, const std::string& name) {
  const auto at = text.find("\n" + name + " ");
  REQUIRE_MESSAGE(at != text.npos, name);
  return std::stod(text.substr(at + name.size() + 2));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  boost::split(lines, text, [](char c) { return c == '\n'; });
  return lines;
}

/// A database that fails as it is told.
class MoodyDatabase : public Database {
 public:
  Result<std::int64_t> run(std::string_view, std::span<const SqlValue>, const EachRow&) override {
    ++writes;
    if (full) return Error{ErrorCode::no_space, "full"};
    return std::int64_t{1};
  }
  Result<void> transact(const std::function<Result<void>()>& work) override { return work(); }
  using Database::run;

  bool full = false;
  int writes = 0;
};

}  // namespace

TEST_CASE("what comes in is counted by what became of it") {
  Api api;
  const std::string good = event_json("2024-01-15T11:50:00Z"), older = event_json("2024-01-15T11:30:00Z");
  REQUIRE(api.post(R"({"events":[)" + good + "," + older + "," +
                   event_json("2024-01-15T11:40:00Z", R"("key_count":-1)") + ",7]}")
              .status == 200);
  REQUIRE(api.post(R"({"events":[)" + good + "]}").status == 200);
  const auto response = api.get("/metrics");
  CHECK(response.content_type == "text/plain; version=0.0.4; charset=utf-8");
  const std::string& text = response.body;
  CHECK(sample(text, R"(activitytrack_events_total{result="accepted"})") == 2);
  CHECK(sample(text, R"(activitytrack_events_total{result="duplicate"})") == 1);
  CHECK(sample(text, R"(activitytrack_events_rejected_total{field="key_count"})") == 1);
  CHECK(sample(text, R"(activitytrack_events_rejected_total{field=""})") == 1);
  CHECK(sample(text, "activitytrack_buffer_age_seconds_count") == 2);
  CHECK(sample(text, "activitytrack_buffer_age_seconds_sum") == 30 * 60 + 10 * 60);
  CHECK(sample(text, R"(activitytrack_buffer_age_seconds_bucket{le="1024"})") == 1);
  CHECK(sample(text, R"(activitytrack_buffer_age_seconds_bucket{le="2048"})") == 2);
  CHECK(sample(text, "activitytrack_commit_events_sum") == 3);
  CHECK(sample(text, "activitytrack_commit_seconds_count") == 2);
  CHECK(sample(text, "activitytrack_store_failing") == 0);
  CHECK(sample(text, "process_resident_memory_bytes") > 1e6);
  CHECK(sample(text, "process_open_fds") > 2);
}

TEST_CASE("answers are counted by route, class of status and time") {
  Api api;
  HttpStats& stats = api.stats.http;
  const auto summary = static_cast<std::size_t>(
      std::ranges::find(endpoints(), "/api/activity/{id}/summary", &Endpoint::pattern) - endpoints().begin());
  stats.count_answer(summary, 200, 300us);
  stats.count_answer(summary, 200, 5ms);
  stats.count_answer(summary, 404, 1us);
  stats.count_answer(endpoints().size(), 400, 1us);
  const std::string text = api.get("/metrics").body, labels = R"(method="GET",route="/api/activity/{id}/summary")";
  CHECK(sample(text, "activitytrack_http_requests_total{" + labels + R"(,status="2xx"})") == 2);
  CHECK(sample(text, "activitytrack_http_requests_total{" + labels + R"(,status="4xx"})") == 1);
  CHECK(sample(text, R"(activitytrack_http_requests_total{method="",route="",status="4xx"})") == 1);
  CHECK(sample(text, "activitytrack_http_request_seconds_bucket{" + labels + R"(,le="0.000256"})") == 1);
  CHECK(sample(text, "activitytrack_http_request_seconds_bucket{" + labels + R"(,le="0.000512"})") == 2);
  CHECK(sample(text, "activitytrack_http_request_seconds_count{" + labels + "}") == 3);
  CHECK(sample(text, "activitytrack_http_request_seconds_sum{" + labels + "}") == doctest::Approx(0.005301));
}

TEST_CASE("every sample stands below its metric's head, which stands once") {
  Api api;
  api.stats.http.count_answer(0, 200, 1ms);
  std::set<std::string> heads;
  std::string present;
  for (const std::string& line : lines_of(api.get("/metrics").body)) {
    if (line.empty() || line.starts_with("# HELP")) continue;
    if (line.starts_with("# TYPE ")) {
      present = line.substr(7, line.find(' ', 7) - 7);
      CHECK(heads.insert(present).second);
      continue;
    }
    CHECK(line.starts_with(present));
    CHECK(line.find(' ') != line.npos);
  }
  CHECK(heads.size() > 15);
}

TEST_CASE("the server is ready while it can write, and asks its database once a second") {
  FakeClock clock("2024-01-15T12:00:00Z");
  MemoryLog log;
  MoodyDatabase database;
  Readiness readiness(database, clock, log);
  for (int i = 0; i < 3; ++i) CHECK(readiness.check());
  CHECK(database.writes == 1);
  database.full = true;
  CHECK(readiness.check());
  clock.pass(1s);
  CHECK_FALSE(readiness.check());
  CHECK_FALSE(readiness.check());
  CHECK(database.writes == 2);
  database.full = false;
  clock.pass(1s);
  CHECK(readiness.check());
}

TEST_CASE("readiness is 200 or 503, and nobody keeps it") {
  Api api;
  const auto ready = api.get("/readyz");
  CHECK(ready.status == 200);
  CHECK(*header(ready, "Cache-Control") == "no-store");
  MoodyDatabase database;
  database.full = true;
  Readiness readiness(database, api.clock, api.log);
  Services full{*api.store.reader, *api.store.writer,  database,      api.ingest, api.clock,
                api.log,           api.passwords,      api.stats,     readiness,  api.screenshots,
                api.configuration, api.machine_states, api.usual_days};
  const auto refused = get_readiness({.method = "GET"}, full).value();
  CHECK(refused.status == 503);
  CHECK(header(refused, "Retry-After"));
}

TEST_CASE("a store that failed lately is not ready, unless that was long ago") {
  struct Full : StoreWriter {
    Result<Appended> append(std::span<const Batch>, Time, std::optional<std::int64_t>) override {
      return Error{ErrorCode::no_space, "full"};
    }
    Result<void> flush() { return {}; }
    Result<bool> set_user_label(std::string_view, const std::optional<std::string>&) override { return false; }
  } full;
  Api api;
  Ingest ingest(full, *api.gate, api.clock, api.log);
  Services services{
      *api.store.reader, full,      *api.store.database, ingest,          api.clock,         api.log,
      api.passwords,     api.stats, api.readiness,       api.screenshots, api.configuration, api.machine_states,
      api.usual_days};
  CHECK(get_readiness({.method = "GET"}, services)->status == 200);
  std::promise<void> failed;
  Event event;
  event.machine_id = "vm-1";
  REQUIRE(ingest.submit({.events = {event}, .done = [&](Result<Counts>) { failed.set_value(); }}));
  failed.get_future().wait();
  CHECK(get_readiness({.method = "GET"}, services)->status == 503);
  api.clock.pass(61s);
  CHECK(get_readiness({.method = "GET"}, services)->status == 200);
}

TEST_CASE("metrics are for this machine, and from elsewhere for who says who they are") {
  Api api(true);
  const auto status_for = [&](bool is_local) {
    Request request{.method = "GET", .target = parse_target("/metrics").value(), .is_local = is_local};
    const auto found = find_route(api.routes, request);
    const auto refused = api.gate->refuse(*std::get<const Route*>(found), request);
    return refused ? refused->status : 200;
  };
  CHECK(status_for(true) == 200);
  CHECK(status_for(false) == 401);
}
