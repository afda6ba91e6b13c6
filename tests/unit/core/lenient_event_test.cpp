// What a client writes otherwise than asked for, but clearly, is taken, and told.
#include "core/event_batch.hpp"
#include "core/text.hpp"

#include <activitytrack/core/event.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace activitytrack;

namespace {

std::string event(const std::string& more, const std::string& time = "2024-01-15T10:30:00Z") {
  return R"({"machine_id":"m","timestamp":")" + time + '"' + (more.empty() ? "" : "," + more) + "}";
}

/// One event with this in it, and what is told of it.
struct Taken {
  Event event;
  std::string field, note;
};

Taken take(const std::string& more) {
  const auto batch = decode_batch(R"({"events":[)" + event("") + "," + event(more) + "]}");
  REQUIRE(batch.has_value());
  REQUIRE_MESSAGE(batch->rejected.empty(), more << ": " << (batch->rejected.empty() ? "" : batch->rejected[0].error));
  REQUIRE(batch->events.size() == 2);
  Taken taken{batch->events[1], "", ""};
  REQUIRE(batch->adjusted.size() <= 1);
  for (const Adjusted& adjusted : batch->adjusted) {
    CHECK(adjusted.index == 1);
    taken.field = adjusted.field, taken.note = adjusted.note;
  }
  return taken;
}

}  // namespace

TEST_CASE("whole numbers may come with a fraction, an exponent, or as text") {
  CHECK(take(R"("mouse_distance_px":12500.6)").event.mouse_distance_px == 12'501);
  CHECK(take(R"("mouse_distance_px":12500.6)").note == "was rounded");
  CHECK(take(R"("mouse_distance_px":12500.6)").field == "mouse_distance_px");
  CHECK(take(R"("key_count":-0.4)").event.key_count == 0);
  CHECK(take(R"("key_count":1.5e2)").event.key_count == 150);
  CHECK(take(R"("key_count":1.5e2)").note == "");
  CHECK(take(R"("key_count":"150")").event.key_count == 150);
  CHECK(take(R"("key_count":" 150 ")").note == "was text");
  CHECK(take(R"("cpu_percent":"25.5")").event.cpu_percent == 25.5);
  CHECK(take(R"("disk_read_bytes":1024.5)").event.disk_read_bytes == 1025);
  CHECK(take(R"("utc_offset_min":60.0)").event.utc_offset_min == 60);
}

TEST_CASE("what rounding puts a hair outside a range is brought into it") {
  CHECK(take(R"("cpu_percent":100.4)").event.cpu_percent == 100);
  CHECK(take(R"("cpu_percent":100.4)").note == "was brought into its range");
  CHECK(take(R"("ram_used_percent":-0.1)").event.ram_used_percent == 0);
  CHECK(take(R"("genuine_score":1.0000001)").event.genuine_score == 1);
  CHECK(take(R"("interval_sec":60,"active_sec":60.01)").event.active_sec == 60);
  CHECK(take(R"("interval_sec":60,"active_sec":60.01)").field == "active_sec");
}

TEST_CASE("truths may be numbers or text") {
  for (const char* yes : {"1", "1.0", "\"true\"", "\"True\"", "\"1\""}) {
    CHECK_FALSE(take(R"("key_count":7,"is_idle":)" + std::string(yes)).note == "");
    CHECK(take(R"("key_count":7,"is_idle":)" + std::string(yes)).event.is_idle);
  }
  for (const char* no : {"0", "\"false\""}) CHECK_FALSE(take(R"("is_idle":)" + std::string(no)).event.is_idle);
}

TEST_CASE("titles and reasons that are too long are cut where a character ends") {
  const auto window = [](const std::string& title) { return take(R"("active_window":")" + title + '"'); };
  CHECK(window(std::string(70'000, 'w')).event.active_window == std::string(1024, 'w'));
  CHECK(window(std::string(1025, 'w')).note == "was too long, and cut");
  CHECK(window(std::string(1024, 'w')).note == "");
  const std::string filled(1023, 'w');
  CHECK(window(filled + "\u00e9").event.active_window == filled);
  CHECK(window(filled + "e\u0301").event.active_window == filled);  // an e and its accent stay together
  const std::string almost(1016, 'w');
  CHECK(window(almost + "\U0001F469\u200D\U0001F680").event.active_window == almost);  // one picture of three parts
  CHECK(window("a" + std::string(1023, 'w') + "\\ud800").event.active_window.size() == 1024);
  CHECK(take(R"("active_app":")" + std::string(513, 'x') + '"').event.active_app.size() == 512);

  std::string words;
  for (int i = 0; i < 20; ++i) words += (i ? ",\"w" : "\"w") + std::to_string(i) + '"';
  CHECK(take(R"("scripted_reasons":[)" + words + "]").event.scripted_reasons.size() == 16);
  CHECK(take(R"("scripted_reasons":[)" + words + "]").note == "was too long, and cut");
  const std::string sentence(300, 's');
  CHECK(take(R"("scripted_reasons":[")" + sentence + "\"]").event.scripted_reasons[0] == sentence.substr(0, 256));

  std::string accents = "e";
  while (accents.size() < 1100) accents += "\u0301";
  CHECK(cut_utf8(accents, 1024).size() == 1023);
  CHECK(cut_utf8("abc", 3) == "abc");
}

TEST_CASE("null says nothing, and is no news") {
  const auto taken = take(
      R"("key_count":null,"active_window":null,"is_idle":null,"cpu_percent":null,"scripted_reasons":null,"timezone":null)");
  CHECK(taken.note == "");
  CHECK(taken.event == take("").event);
}

TEST_CASE("a list without its envelope, and one event alone, are batches") {
  CHECK(decode_batch("[" + event("") + "," + event("\"key_count\":2") + "]")->events.size() == 2);
  CHECK(decode_batch("[7," + event("") + "]")->rejected.size() == 1);
  CHECK(decode_batch(event(""))->events.size() == 1);
  CHECK(decode_batch(event("\"key_count\":-1"))->rejected.at(0).field == "key_count");
  CHECK(decode_batch(event("\"active_window\":\"a\\ud800\""))->events.size() == 1);
  for (const char* none : {"[]", "{}", R"({"events":{}})", R"({"key_count":1})", "[[]"}) {
    CHECK_FALSE(decode_batch(none).has_value());
  }
}

TEST_CASE("a refused event says of which machine it is, wherever its fault stands") {
  for (const char* bad : {R"({"machine_id":"m","timestamp":"2024-01-15T10:30:00"})",
                          R"({"timestamp":"2024-01-15T10:30:00","machine_id":"m"})",
                          R"({"key_count":-1,"machine_id":"m","timestamp":"2024-01-15T10:30:00Z"})"}) {
    const auto batch = decode_batch(R"({"events":[)" + std::string(bad) + R"(,7,{"machine_id":"a\nb"}]})");
    REQUIRE(batch.has_value());
    CHECK(batch->rejected_machines == std::vector<std::string>{"m", "", ""});
  }
}

TEST_CASE("an answer tells what was adjusted only where something was") {
  const BatchAnswer answer{.accepted = 1, .duplicates = 0, .rejected = {}};
  CHECK(encode_answer(answer) == R"({"accepted":1,"duplicates":0,"rejected":[]})");
  const std::vector<Adjusted> adjusted{{3, "key_count", "was rounded"}};
  const std::string told = encode_answer(answer, adjusted);
  CHECK(
      told ==
      R"({"accepted":1,"duplicates":0,"rejected":[],"adjusted":[{"index":3,"field":"key_count","note":"was rounded"}]})");
  CHECK(decode_answer(told)->accepted == 1);  // as agents read it that know of no adjusting
}
