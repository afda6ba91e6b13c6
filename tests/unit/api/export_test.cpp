#include <algorithm>

#include <doctest/doctest.h>

#include "api.hpp"

#include <boost/algorithm/string/split.hpp>
#include <boost/json/parse.hpp>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

/// The pieces of a streamed answer, and all of it.
struct Read {
  std::vector<std::string> pieces;
  std::string all;
};

Read read(const Response& response) {
  REQUIRE(response.status == 200);
  REQUIRE(response.stream);
  Read read;
  for (auto piece = response.stream(); !piece.empty(); piece = response.stream()) {
    read.pieces.push_back(piece);
    read.all += piece;
  }
  return read;
}

struct Exports : Api {
  explicit Exports(int minutes = 3) {
    std::vector<Event> events;
    for (int i = 0; i < minutes; ++i) {
      Event event;
      event.machine_id = "vm-1";
      event.timestamp = at("2024-01-15T10:00:00Z") + std::chrono::minutes(i);
      event.active_window = "a \"b\", c";
      event.scripted_reasons = {"constant_interval", "pointer moves every 1.0 s"};
      event.input_measures.add("keys", 0.1F);
      events.push_back(std::move(event));
    }
    const Batch batch{events, std::nullopt};
    REQUIRE(store.writer->append(std::span(&batch, 1), clock.now()).has_value());
  }
};

const std::string path = "/api/activity/vm-1/export";

}  // namespace

TEST_CASE_FIXTURE(Exports, "CSV has a head and a line for each event") {
  const auto response = get(path);
  CHECK(response.content_type.starts_with("text/csv"));
  CHECK(*header(response, "Content-Disposition") == "attachment; filename=\"vm-1.csv\"");
  const auto text = read(response).all;
  CHECK(text.starts_with("machine_id,timestamp,key_count,"));
  CHECK(std::ranges::count(text, '\n') == 4);
  CHECK(text.find("\r\nvm-1,2024-01-15T10:02:00Z,0,0,0,0,\"a \"\"b\"\", c\",") != text.npos);
  CHECK(text.find(",constant_interval; pointer moves every 1.0 s,") != text.npos);
  CHECK(text.find("input_measures") == text.npos);
  CHECK(text.ends_with("\r\n"));
}

TEST_CASE_FIXTURE(Exports, "no text is a formula to a spreadsheet, unless it is asked for as it is") {
  REQUIRE(post(R"({"events":[{"machine_id":"vm-1","timestamp":"2024-01-15T11:00:00Z","active_window":"=1+1",)"
               R"("active_app":"@SUM","timezone":"-x","utc_offset_min":-300,"scripted_reasons":["+1"]}]})")
              .status == 200);
  const std::string query = path + "?start=2024-01-15T11:00:00Z";
  for (const std::string& escaped : {query, query + "&csv=escaped"}) {
    const auto text = read(get(escaped)).all;
    CHECK(text.find(",'=1+1,'@SUM,") != text.npos);
    CHECK(text.find(",'-x,-300,") != text.npos);
    CHECK(text.find(",'+1,") != text.npos);
  }
  const auto raw = read(get(query + "&csv=raw")).all;
  CHECK(raw.find(",=1+1,@SUM,") != raw.npos);
  CHECK(raw.find(",-x,-300,") != raw.npos);
  CHECK(raw.find('\'') == raw.npos);
  CHECK(read(get(query + "&format=jsonl")).all.find("\"=1+1\"") != raw.npos);
}

TEST_CASE_FIXTURE(Exports, "JSON Lines are the API's events") {
  const auto response = get(path + "?format=jsonl&start=2024-01-15T10:01:00Z&end=2024-01-15T10:02:00Z");
  CHECK(response.content_type == "application/jsonl");
  const auto text = read(response).all;
  CHECK(text.ends_with("}\n"));
  CHECK(decode_event(text).value().timestamp == at("2024-01-15T10:01:00Z"));
  CHECK(text.find(R"("input_measures":{"keys":0.1})") != text.npos);
}

TEST_CASE("much is read in pieces, without a gap or a repeat") {
  for (const int minutes : {63, 64, 65, 2500}) {
    CAPTURE(minutes);
    Exports api(minutes);
    const auto exported = read(api.get(path + "?format=jsonl"));
    for (const std::string& piece : exported.pieces) CHECK(piece.size() < 256 * 1024);
    std::vector<std::string> lines;
    boost::split(lines, exported.all, [](char c) { return c == '\n'; });
    REQUIRE(lines.size() == static_cast<std::size_t>(minutes) + 1);
    for (int i = 0; i < minutes; ++i) {
      REQUIRE(decode_event(lines[static_cast<std::size_t>(i)]).value().timestamp ==
              at("2024-01-15T10:00:00Z") + std::chrono::minutes(i));
    }
  }
}

TEST_CASE_FIXTURE(Exports, "a piece of long events has few of them, and a page ends when it is long") {
  std::vector<Event> events;
  for (int i = 0; i < 3000; ++i) {
    Event event;
    event.machine_id = "vm-2";
    event.timestamp = at("2024-01-15T10:00:00Z") + std::chrono::minutes(i);
    event.scripted_reasons.assign(16, std::string(256, 'r'));
    events.push_back(std::move(event));
  }
  const Batch batch{events, std::nullopt};
  REQUIRE(store.writer->append(std::span(&batch, 1), clock.now()).has_value());

  const auto exported = read(get("/api/activity/vm-2/export?format=jsonl"));
  CHECK(std::ranges::count(exported.all, '\n') == 3000);
  std::size_t longest = 0;
  for (const std::string& piece : exported.pieces) longest = std::max(longest, piece.size());
  CHECK(longest < 512 * 1024);

  std::size_t shown = 0, pages = 0;
  for (std::string cursor;; ++pages) {
    const auto answer = get("/api/activity/vm-2/events?limit=10000" + cursor);
    CHECK(answer.body.capacity() < (8 << 20) + 64 * 1024);
    const auto page = json_of(answer);
    shown += page.at("events").as_array().size();
    if (page.at("next_cursor").is_null()) break;
    cursor = "&cursor=" + std::string(page.at("next_cursor").as_string());
  }
  CHECK(shown == 3000);
  CHECK(pages == 1);
}

TEST_CASE_FIXTURE(Exports, "nothing to export is a head alone, or nothing") {
  CHECK(std::ranges::count(read(get(path + "?end=2024-01-15T10:00:00Z")).all, '\n') == 1);
  CHECK(read(get(path + "?format=jsonl&end=2024-01-15T10:00:00Z")).all.empty());
}

TEST_CASE_FIXTURE(Exports, "what is wrong is said before anything is sent") {
  for (const char* query : {"format=xml", "format=", "csv=", "csv=no", "start=now",
                            "start=2024-01-15T10:00:00Z&end=2024-01-14T10:00:00Z"}) {
    CAPTURE(query);
    CHECK(get(path + "?" + query).status == 400);
  }
  CHECK(get("/api/activity/vm-2/export").status == 404);
}

TEST_CASE_FIXTURE(Exports, "a file's name is harmless, whatever the machine is called") {
  REQUIRE(post(R"({"events":[{"machine_id":"../a\"b ü","timestamp":"2024-01-15T10:30:00Z"}]})").status == 200);
  const auto response = get("/api/activity/..%2Fa%22b%20%C3%BC/export");
  CHECK(*header(response, "Content-Disposition") == "attachment; filename=\"_._a_b___.csv\"");
}

TEST_CASE_FIXTURE(Exports, "a store that fails on the way cuts the answer") {
  struct Failing : StoreReader {
    explicit Failing(StoreReader& good) : reader(good) {}
    Result<std::vector<Machine>> machines(std::string_view, std::size_t) override { return std::vector<Machine>(); }
    Result<std::optional<Machine>> machine(std::string_view id) override { return reader.machine(id); }
    Result<std::vector<Event>> events(std::string_view, TimeRange, std::size_t) override {
      return Error{ErrorCode::unavailable, "gone"};
    }
    Result<std::vector<UnobservedTime>> gaps(std::string_view, TimeRange) override {
      return std::vector<UnobservedTime>();
    }
    Result<void> hours(std::string_view, TimeRange, const EachHour&) override { return {}; }
    Result<void> hour_times(std::span<const std::string>, TimeRange, const EachHourTimes&) override { return {}; }
    StoreReader& reader;
  } failing(*store.reader);
  Services broken{failing, *store.writer, *store.database, ingest,        clock,          log,       passwords,
                  stats,   readiness,     screenshots,     configuration, machine_states, usual_days};
  Request request{.method = "GET", .arguments = {"vm-1"}};
  const auto response = get_export(request, broken).value();
  REQUIRE(response.stream);
  CHECK_THROWS(response.stream());
}
