#include "app_fixture.hpp"
#include "net/compress.hpp"
#include "temp_folder.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/screenshot.hpp>
#include <activitytrack/seal/seal.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace activitytrack;
using namespace activitytrack::testing;
using activitytrack::test::TempFolder;

namespace {

/// A folder as agents fill a bucket.
class Archive {
 public:
  /// One upload, of events of one machine and date.
  void upload(const std::vector<Event>& events, const std::optional<PublicKey>& key = {}) {
    std::string lines;
    for (const Event& event : events) lines += encode_event(event) + "\n";
    const std::string bytes = compress(lines, ContentCoding::zstd);
    const std::string name = "events/" + path_segment(events[0].machine_id) + "/" + date(events[0]) + "/" +
                             in_name(events.front()) + "-" + in_name(events.back()) + ".jsonl.zst";
    if (key)
      folder_.write(name + ".sealed", seal(bytes, *key));
    else
      folder_.write(name, bytes);
  }

  /// Each date's events in uploads of `count`.
  void upload_all(std::vector<Event> events, std::size_t count) {
    std::ranges::sort(events, {}, &Event::timestamp);
    std::vector<Event> part;
    for (const Event& event : events) {
      const bool other = !part.empty() && (part.size() == count || date(part[0]) != date(event));
      if (other) upload(std::exchange(part, {}));
      part.push_back(event);
    }
    if (!part.empty()) upload(part);
  }

  std::unique_ptr<report::Source> source(std::optional<PrivateKey> key = {}) const {
    static StoppedClock clock;
    return report::make_archive_source(make_folder_event_files(folder_.path), std::move(key), clock);
  }

  void write(const std::string& name, std::string_view content) const { folder_.write(name, content); }

 private:
  static std::string date(const Event& event) { return format_timestamp(event.timestamp).substr(0, 10); }
  static std::string in_name(const Event& event) {
    std::string text = format_timestamp(event.timestamp);
    std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == '.'; });
    return text;
  }

  TempFolder folder_;
};

const report::ReportSettings all_days{.from = "2023-12-31", .to = "2024-10-27"};

Event minute_of(const std::string& machine, const std::string& time) {
  Event event = minute(time);
  event.machine_id = machine;
  return event;
}

}  // namespace

TEST_CASE("what agents uploaded is reported as what they buffered") {
  Archive archive;
  archive.upload_all(golden_events(), 7);
  const auto source = archive.source();
  const auto buffer = buffer_of(golden_events());
  for (const char* command : {"summary", "timeline", "apps", "events", "machines", "export"}) {
    CAPTURE(command);
    const Ran ran = run(*source, command, all_days);
    CHECK(ran.status == 0);
    CHECK(ran.out == run(*buffer, command, all_days).out);
  }
  for (const char* day : {"2024-01-15", "2024-10-27", "2020-01-01"}) {
    const report::ReportSettings one{.date = day, .format = "json"};
    CHECK(run(*source, "summary", one).out == run(*buffer, "summary", one).out);
  }
}

TEST_CASE("an event that was uploaded several times counts once, in order of time") {
  Archive archive;
  archive.upload_all(golden_events(), 7);
  archive.upload_all(golden_events(), 5);
  archive.upload_all(golden_events(), 1000);
  CHECK(run(*archive.source(), "export", all_days).out == run(*buffer_of(golden_events()), "export", all_days).out);
}

TEST_CASE("machines are told apart, whatever their ids") {
  Archive archive;
  const std::vector<std::string> ids{"a", "a-1", "a0", "a:b", "ab", "b"};
  for (const std::string& id : ids) {
    archive.upload({minute_of(id, "2023-11-05T10:00:00Z")});
    archive.upload({minute_of(id, "2024-01-15T10:00:00Z"), minute_of(id, "2024-01-15T10:01:00Z")});
  }
  archive.write("events/readme.txt", "not events");
  archive.write("events/zz/2024-01-15/notes.txt", "not events");
  archive.write("screenshots/a/2024-01-15/x.jpg", "not events");
  const auto machines = archive.source()->machines();
  REQUIRE(machines.has_value());
  std::vector<std::string> found;
  for (const report::Machine& machine : machines->list) {
    found.push_back(machine.machine_id);
    CHECK(machine.first_seen == at("2023-11-05T10:00:00Z"));
    CHECK(machine.last_seen == at("2024-01-15T10:01:00Z"));
  }
  std::ranges::sort(found);
  CHECK(found == ids);
  const Ran ran = run(*archive.source(), "export", {.machine = "a", .date = "2024-01-15"});
  CHECK(std::ranges::count(ran.out, '\n') == 3);
}

TEST_CASE("what is sealed is opened by its key, beside what is not") {
  const PrivateKey key = make_private_key();
  Archive archive;
  archive.upload({minute("2024-01-15T10:00:00Z")}, public_key_of(key));
  archive.upload({minute("2024-01-15T10:01:00Z")});
  const report::ReportSettings day{.date = "2024-01-15"};
  CHECK(std::ranges::count(run(*archive.source(key), "export", day).out, '\n') == 3);
  const Ran locked = run(*archive.source(), "export", day);
  CHECK(locked.status == 1);
  CHECK(locked.err.find("20240115T100000Z-20240115T100000Z.jsonl.zst.sealed: is sealed") != std::string::npos);
  CHECK(run(*archive.source(make_private_key()), "export", day).err.find("another key") != std::string::npos);
}

TEST_CASE("a damaged file fails the report and is named, and one of another day does not") {
  Archive archive;
  archive.upload({minute("2024-01-15T10:00:00Z")});
  archive.upload({minute("2024-01-17T10:00:00Z")});
  archive.write("events/m1/2024-01-16/20240116T100000Z-20240116T100000Z.jsonl.zst", "no events\n");
  const Ran ran = run(*archive.source(), "export", {.date = "2024-01-16"});
  CHECK(ran.status == 1);
  CHECK(ran.err.find("20240116T100000Z.jsonl.zst: line 1: ") != std::string::npos);
  CHECK(std::ranges::count(ran.err, '\n') == 1);
}

TEST_CASE("a bucket without events says so") {
  const Archive archive;
  const Ran ran = run(*archive.source(), "summary", {.s3 = "s3://b/p"});
  CHECK(ran.status == 1);
  CHECK(ran.err.find("no events below s3://b/p") != std::string::npos);
}

TEST_CASE("a day of more events than memory is for is refused") {
  Archive archive;
  std::vector<Event> events(100'001, minute_of("a", "2024-01-15T00:00:00Z"));
  for (std::size_t i = 0; i < events.size(); ++i) events[i].timestamp += std::chrono::microseconds(i);
  archive.upload(events);
  const Ran ran = run(*archive.source(), "export", all_days);
  CHECK(ran.status != 0);
  CHECK(ran.err.find("more events than a day can have") != std::string::npos);
}
