#include "connection.hpp"
#include "core/event_batch.hpp"
#include "histogram.hpp"
#include "ledger.hpp"
#include "temp_folder.hpp"
#include "texts.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

using namespace activitytrack;
using namespace activitytrack::load;

TEST_CASE("histogram: every duration is kept to within 1 %, and the greatest exactly") {
  for (const std::uint64_t us : {0U, 1U, 127U, 128U, 999U, 20'000U, 1'234'567U, 3'600'000'000U}) {
    Histogram one;
    one.add(us);
    one.add(us * 10);
    CAPTURE(us);
    CHECK(one.at(0.25) >= us);
    CHECK(one.at(0.25) <= us + us / 64);
    CHECK(one.at(1) == us * 10);
  }
}

TEST_CASE("histogram: shares are of the count") {
  Histogram histogram;
  CHECK(histogram.at(0.5) == 0);
  for (std::uint64_t us = 1; us <= 100; ++us) histogram.add(us);
  CHECK(histogram.at(0) == 1);
  CHECK(histogram.at(0.5) == 51);
  CHECK(histogram.at(0.99) == 100);
  CHECK(histogram.total() == 100);
}

TEST_CASE("answer: what matters is found, in pieces of any size") {
  const std::string text =
      "HTTP/1.1 200 OK\r\nCONTENT-Length: 46\r\nConnection: keep-alive\r\n\r\n"
      "{\"accepted\":12,\"duplicates\":3,\"rejected\":[]}  ";
  for (std::size_t size = 0; size < text.size(); ++size) CHECK(!parse_answer(text.substr(0, size)));
  const auto answer = parse_answer(text);
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->keep_alive);
  CHECK(answer->accepted == 12);
  CHECK(answer->duplicates == 3);
  CHECK(answer->size == text.size());
  CHECK(!answer->retry_after);
}

TEST_CASE("answer: refusals say when to come back, and whether the connection stays") {
  const auto answer = parse_answer(
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  REQUIRE(answer);
  CHECK(answer->status == 503);
  CHECK(!answer->keep_alive);
  CHECK(answer->retry_after == std::chrono::seconds(7));
  CHECK(parse_answer("what is this\r\n\r\n")->status == 0);
}

TEST_CASE("texts: a body is a batch of the events asked for, as agents send them") {
  Texts texts(Shape::agent);
  std::string body;
  texts.write(body, "m-1", 5, 1439, 3);
  const auto batch = decode_batch(body);
  REQUIRE(batch.has_value());
  CHECK(batch->rejected.empty());
  CHECK(batch->agent);
  REQUIRE(batch->events.size() == 3);
  CHECK(encode_event(batch->events[0]).find("\"timestamp\":\"2024-01-15T23:59:00Z\"") != std::string::npos);
  CHECK(encode_event(batch->events[1]).find("\"timestamp\":\"2024-01-16T00:00:00Z\"") != std::string::npos);
  for (std::size_t i = 0; i < 3; ++i) {
    const std::size_t kind = (1439 + i + 5) % Texts::kinds();
    CHECK(batch->events[i].machine_id == "m-1");
    CHECK(batch->events[i].key_count == (kind % 8 == 7 ? 0 : static_cast<std::int64_t>(100 + 7 * kind)));
  }
}

TEST_CASE("texts: the usual fields alone are a batch too") {
  Texts texts(Shape::twelve);
  std::string body;
  texts.write(body, "m", 0, 0, 64);
  const auto batch = decode_batch(body);
  REQUIRE(batch.has_value());
  CHECK(batch->events.size() == 64);
  CHECK(body.find("timezone") == std::string::npos);
}

TEST_CASE("ledger: what follows on is one line, and nothing is forgotten") {
  const test::TempFolder folder;
  Ledger ledger(2);
  ledger.note(Fate::acknowledged, 0, 0, 5);
  ledger.note(Fate::unknown, 0, 5, 5);
  ledger.note(Fate::acknowledged, 0, 5, 5);
  ledger.note(Fate::failed, 1, 0, 5);
  ledger.note(Fate::failed, 1, 0, 5);
  ledger.note(Fate::acknowledged, 1, 20, 1);
  const std::string path = folder.path / "record";
  REQUIRE(ledger.write(path, std::vector<std::string>{"a", "b"}).has_value());
  std::ostringstream written;
  written << std::ifstream(path).rdbuf();
  CHECK(written.str() == "acknowledged 0 a 0 10\nunknown 0 a 5 5\nfailed 1 b 0 5\nacknowledged 1 b 20 1\n");
}
