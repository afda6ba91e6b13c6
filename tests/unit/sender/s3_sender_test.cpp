#include <activitytrack/s3/s3_options.hpp>
#include <activitytrack/sender/sender.hpp>

#include "fakes.hpp"
#include "net/compress.hpp"
#include "print_error.hpp"
#include "scripted_server.hpp"
#include "sender/s3_sender.hpp"

#include <activitytrack/core/event.hpp>
#include <activitytrack/core/screenshot.hpp>

#include <doctest/doctest.h>

#include <map>
#include <mutex>
#include <set>
#include <sstream>

using namespace activitytrack;
using namespace activitytrack::test;

namespace {

Event event_at(std::string_view when, std::string machine = "vm-1") {
  Event made;
  made.machine_id = std::move(machine);
  made.timestamp = at(when);
  made.active_window = "a \"window\"\nof two lines";
  return made;
}

std::vector<Event> events_in(const std::string& packed) {
  std::istringstream lines(decompress(packed, ContentCoding::zstd, 64 << 20).value());
  std::vector<Event> events;
  for (std::string line; std::getline(lines, line);) events.push_back(decode_event(line).value());
  return events;
}

/// Keeps what is PUT, by its path; answers in turn as told, and by 200 from then on.
struct Bucket {
  explicit Bucket(std::vector<std::string> first = {})
      : answers(std::move(first)), server({[this](Peer& peer) { serve(peer); }}) {}

  void serve(Peer& peer) {
    for (std::string request; !(request = peer.read_request()).empty();) {
      const std::lock_guard lock(mutex);
      requests.push_back(request);
      const std::size_t number = requests.size() - 1;
      const std::string answer = number < answers.size() ? answers[number] : http_answer("");
      if (answer == "cut") return;
      if (answer.starts_with("HTTP/1.1 200")) {
        objects[request.substr(4, request.find(" HTTP") - 4)] = test::body_of(request);
      }
      peer.write(answer);
    }
  }

  S3Options options() const {
    return {.bucket = "bucket", .prefix = "pre", .endpoint = server.url(), .access_key = "AK", .secret_key = "SK"};
  }

  std::mutex mutex;
  std::vector<std::string> answers, requests;
  std::map<std::string, std::string> objects;
  ScriptedServer server;  // last: its thread uses the others
};

std::string refused(std::string_view status, std::string_view code) {
  return http_answer("<Error><Code>" + std::string(code) + "</Code></Error>", status);
}

}  // namespace

TEST_CASE("an object for each machine and UTC date, events in order of time") {
  const std::vector<Event> events{event_at("2024-01-15T23:59:00Z"), event_at("2024-01-15T10:30:00Z"),
                                  event_at("2024-01-16T00:00:00Z"), event_at("2024-01-15T10:30:00Z", "../vm 2")};
  const std::vector<EventObject> objects = event_objects(encoded(events), std::nullopt);
  REQUIRE(objects.size() == 3);
  CHECK(objects[0].key ==
        "events/" + path_segment("../vm 2") + "/2024-01-15/20240115T103000Z-20240115T103000Z.jsonl.zst");
  CHECK(objects[1].key == "events/vm-1/2024-01-15/20240115T103000Z-20240115T235900Z.jsonl.zst");
  CHECK(objects[2].key == "events/vm-1/2024-01-16/20240116T000000Z-20240116T000000Z.jsonl.zst");
  CHECK(events_in(objects[0].bytes) == std::vector{events[3]});
  CHECK(events_in(objects[1].bytes) == std::vector{events[1], events[0]});
  CHECK(events_in(objects[2].bytes) == std::vector{events[2]});
}

TEST_CASE("events of one second in two batches never meet under one name") {
  std::set<std::string> keys;
  for (const char* when : {"2024-01-15T10:30:00Z", "2024-01-15T10:30:00.1Z", "2024-01-15T10:30:00.100001Z"}) {
    keys.insert(event_objects(encoded({event_at(when)}), std::nullopt).at(0).key);
  }
  CHECK(keys.size() == 3);
  CHECK(keys.contains("events/vm-1/2024-01-15/20240115T103000100001Z-20240115T103000100001Z.jsonl.zst"));
}

TEST_CASE("sealed, only the holder of the key can read them") {
  const PrivateKey key = make_private_key();
  const std::vector<Event> events{event_at("2024-01-15T10:30:00Z")};
  const EventObject object = event_objects(encoded(events), public_key_of(key)).at(0);
  CHECK(object.key.ends_with("Z.jsonl.zst.sealed"));
  CHECK(object.bytes.find("vm-1") == std::string::npos);
  CHECK(events_in(open_sealed(object.bytes, key).value()) == events);
  CHECK(open_sealed(object.bytes, make_private_key()).has_error());
}

TEST_CASE("a batch is settled when all its objects are stored") {
  Bucket bucket;
  const auto sender = make_s3_sender(bucket.options(), std::nullopt).value();
  const std::vector<Event> events{event_at("2024-01-15T10:30:00Z"), event_at("2024-01-16T10:30:00Z")};
  const SendOutcome outcome = sender->send(encoded(events));
  CHECK(outcome.status == SendOutcome::settled);
  CHECK(outcome.answer.accepted == 2);
  CHECK(outcome.answer.rejected.empty());
  REQUIRE(bucket.objects.size() == 2);
  const auto& [path, bytes] = *bucket.objects.begin();
  CHECK(path == "/bucket/pre/events/vm-1/2024-01-15/20240115T103000Z-20240115T103000Z.jsonl.zst");
  CHECK(events_in(bytes) == std::vector{events[0]});
  CHECK(bucket.requests[0].find("Content-Type: application/zstd\r\n") != std::string::npos);
}

TEST_CASE("a damaged title is repaired before it is uploaded") {
  Bucket bucket;
  const auto sender = make_s3_sender(bucket.options(), std::nullopt).value();
  std::vector<EncodedEvent> batch = encoded({event_at("2024-01-15T10:30:00Z")});
  batch[0].json.replace(batch[0].json.find("of two lines"), 1, "\xFF");
  CHECK(sender->send(batch).answer.accepted == 1);
  REQUIRE(bucket.objects.size() == 1);
  const std::string lines = decompress(bucket.objects.begin()->second, ContentCoding::zstd, 10'000).value();
  CHECK(lines.find("\uFFFDf two lines") != lines.npos);
}

TEST_CASE("what is no event is rejected and not uploaded, since a bucket takes anything") {
  Bucket bucket;
  const auto sender = make_s3_sender(bucket.options(), std::nullopt).value();
  std::vector<EncodedEvent> batch = encoded({event_at("2024-01-15T10:30:00Z"), event_at("2024-01-15T10:31:00Z"),
                                             event_at("2024-01-15T10:32:00Z"), event_at("2024-01-15T10:33:00Z")});
  batch[0].json = R"({"a":1})";
  batch[1].json.replace(batch[1].json.find("vm-1"), 1, "\xFF");
  batch[2].timestamp = Time::max();  // the row is damaged, the event is not
  batch[3].json += std::string_view("\0junk", 5);
  const SendOutcome outcome = sender->send(batch);
  CHECK(outcome.status == SendOutcome::settled);
  CHECK(outcome.answer.accepted == 1);
  REQUIRE(outcome.answer.rejected.size() == 3);
  CHECK(outcome.answer.rejected[0].index == 0);
  CHECK(outcome.answer.rejected[0].error.find("is required") != std::string::npos);
  CHECK(outcome.answer.rejected[1].index == 1);
  CHECK(outcome.answer.rejected[1].error.find("UTF-8") != std::string::npos);
  CHECK(outcome.answer.rejected[2].index == 3);
  REQUIRE(bucket.objects.size() == 1);
  CHECK(bucket.objects.begin()->first ==
        "/bucket/pre/events/vm-1/2024-01-15/20240115T103200Z-20240115T103200Z.jsonl.zst");
  CHECK(events_in(bucket.objects.begin()->second).size() == 1);

  batch.erase(batch.begin() + 2);
  CHECK(sender->send(batch).answer.rejected.size() == 3);
  CHECK(bucket.requests.size() == 1);
}

TEST_CASE("whatever a bucket refuses, no event is given up") {
  const std::vector<Event> events{event_at("2024-01-15T10:30:00Z"), event_at("2024-01-16T10:30:00Z")};
  const std::pair<std::string, std::string> refusals[] = {{"403 Forbidden", "AccessDenied"},
                                                          {"404 Not Found", "NoSuchBucket"},
                                                          {"400 Bad Request", "ExpiredToken"},
                                                          {"400 Bad Request", "InvalidRequest"},
                                                          {"401 Unauthorized", ""},
                                                          {"413 Payload Too Large", ""},
                                                          {"409 Conflict", "x"},
                                                          {"501 Not Implemented", "NotImplemented"}};
  for (const auto& [status, code] : refusals) {
    CAPTURE(code);
    // The first object is taken, the second is not: all of the batch stays, and comes whole the next time.
    Bucket bucket({http_answer(""), refused(status, code)});
    const auto sender = make_s3_sender(bucket.options(), std::nullopt).value();
    const SendOutcome outcome = sender->send(encoded(events));
    CHECK(outcome.status == SendOutcome::retry);
    CHECK(outcome.error.message.find(status.substr(0, 3)) != std::string::npos);
    CHECK(sender->send(encoded(events)).status == SendOutcome::settled);
    CHECK(bucket.objects.size() == 2);
  }
}

TEST_CASE("what passes is not even noticed") {
  Bucket bucket({refused("503 Slow Down", "SlowDown"), "cut"});
  const auto sender = make_s3_sender(bucket.options(), std::nullopt).value();
  CHECK(sender->send(encoded({event_at("2024-01-15T10:30:00Z")})).status == SendOutcome::settled);
  CHECK(bucket.objects.size() == 1);
}

TEST_CASE("a cancelled sender says retry at once") {
  Bucket bucket;
  const auto sender = make_s3_sender(bucket.options(), std::nullopt).value();
  sender->cancel();
  CHECK(sender->send(encoded({event_at("2024-01-15T10:30:00Z")})).status == SendOutcome::retry);
  CHECK(bucket.requests.empty());
}

TEST_CASE("a screenshot is an object with what is known of it") {
  Bucket bucket;
  const auto sender = make_s3_screenshot_sender(bucket.options()).value();
  Screenshot shot{.machine_id = "vm-1",
                  .id = "20240115T103000000000Z-0",
                  .taken_at = at("2024-01-15T10:30:00Z"),
                  .timezone = "Europe/Berlin",
                  .utc_offset_min = 60,
                  .monitor = "Größe 1",
                  .width = 480,
                  .height = 270,
                  .same_as = {},
                  .size = 4,
                  .sha256 = std::string(64, 'a')};
  CHECK(sender->send(shot, "JPEG").status == SendOutcome::settled);
  CHECK(bucket.objects == std::map<std::string, std::string>{
                              {"/bucket/pre/screenshots/vm-1/2024-01-15/20240115T103000000000Z-0.jpg", "JPEG"}});
  for (const char* field :
       {"Content-Type: image/jpeg", "x-amz-meta-machine-id: vm-1", "x-amz-meta-taken-at: 2024-01-15T10:30:00Z",
        "x-amz-meta-timezone: Europe/Berlin", "x-amz-meta-utc-offset-min: 60",
        "x-amz-meta-monitor: Gr%C3%B6%C3%9Fe%201", "x-amz-meta-width: 480", "x-amz-meta-format: jpeg"}) {
    CAPTURE(field);
    CHECK(bucket.requests[0].find(field + std::string("\r\n")) != std::string::npos);
  }
  shot.format = Screenshot::Format::sealed;
  CHECK(sender->send(shot, "SEAL").status == SendOutcome::settled);
  CHECK(bucket.objects.contains("/bucket/pre/screenshots/vm-1/2024-01-15/20240115T103000000000Z-0.jpg.sealed"));
  CHECK(bucket.requests[1].find("Content-Type: application/vnd.activitytrack.sealed\r\n") != std::string::npos);
  shot.format = Screenshot::Format::none;
  shot.same_as = "20240115T102000000000Z-0";
  CHECK(sender->send(shot, "").status == SendOutcome::settled);
  CHECK(bucket.requests[2].find("x-amz-meta-same-as: 20240115T102000000000Z-0\r\n") != std::string::npos);
}

TEST_CASE("whatever a bucket refuses, no screenshot is given up") {
  for (const char* status : {"403 Forbidden", "400 Bad Request", "404 Not Found", "413 Payload Too Large"}) {
    Bucket bucket({refused(status, "x")});
    const auto sender = make_s3_screenshot_sender(bucket.options()).value();
    const Screenshot shot{.machine_id = "vm-1", .id = "x", .timezone = {}, .monitor = {}, .same_as = {}, .sha256 = {}};
    const SendOutcome outcome = sender->send(shot, "JPEG");
    CHECK(outcome.status == SendOutcome::retry);
    CHECK(outcome.others_may_pass);
    CHECK(outcome.error.message.find(std::string(status, 3)) != std::string::npos);
  }
}

TEST_CASE("a cancelled sender of screenshots says retry at once, of all") {
  Bucket bucket;
  const auto sender = make_s3_screenshot_sender(bucket.options()).value();
  sender->cancel();
  const Screenshot shot{.machine_id = "vm-1", .id = "x", .timezone = {}, .monitor = {}, .same_as = {}, .sha256 = {}};
  const SendOutcome outcome = sender->send(shot, "JPEG");
  CHECK(outcome.status == SendOutcome::retry);
  CHECK_FALSE(outcome.others_may_pass);
}

TEST_CASE("senders are not made of options that cannot be used") {
  CHECK(make_s3_sender({}, std::nullopt).error().message.starts_with("s3.bucket"));
  CHECK(make_s3_screenshot_sender({}).error().message.starts_with("s3.bucket"));
}
