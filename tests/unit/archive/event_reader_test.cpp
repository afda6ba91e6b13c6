#include "archive/event_reader.hpp"
#include "net/compress.hpp"
#include "temp_folder.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace activitytrack;
using namespace activitytrack::test;

namespace {

std::string line(int minute) {
  return R"({"machine_id":"m","timestamp":"2024-01-15T10:)" + std::string(minute < 10 ? "0" : "") +
         std::to_string(minute) + R"(:00Z","key_count":)" + std::to_string(minute) + "}\n";
}

std::string lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += line(i % 60);
  return text;
}

struct Found {
  std::vector<std::int64_t> keys;   ///< of the events, in order
  std::vector<std::size_t> at;      ///< their lines
  std::vector<std::size_t> faults;  ///< lines of what is no event
  Result<void> end;
};

Found read(std::string_view content, const PrivateKey* key = nullptr) {
  const TempFolder folder;
  folder.write("file.jsonl", content);
  Found found;
  const EventLines sink{.event = [&](Event&& event, std::size_t at) -> Result<void> {
                          found.keys.push_back(event.key_count);
                          found.at.push_back(at);
                          return {};
                        },
                        .fault = [&](const Error&, std::size_t at) -> Result<void> {
                          found.faults.push_back(at);
                          return {};
                        }};
  found.end = read_events(*make_folder_event_files(folder.path), "file.jsonl", key, sink);
  return found;
}

std::string packed(std::string_view text) { return compress(text, ContentCoding::zstd); }

}  // namespace

TEST_CASE("plain, packed and sealed files are told by their content") {
  const PrivateKey key = make_private_key();
  const PublicKey public_key = public_key_of(key);
  const std::string text = lines(3000);
  for (const std::string& content : {text, packed(text), seal(text, public_key), seal(packed(text), public_key),
                                     packed(lines(1500)) + packed(lines(1500))}) {
    const Found found = read(content, &key);
    CHECK(found.end.has_value());
    CHECK(found.keys.size() == 3000);
    CHECK(found.faults.empty());
  }
  for (const std::string& nothing : {std::string(), packed(""), seal("", public_key)}) {
    const Found found = read(nothing, &key);
    CHECK(found.end.has_value());
    CHECK(found.keys.empty());
  }
}

TEST_CASE("lines count from one, empty ones are passed over, the last needs no end") {
  const Found found = read(line(1) + "\n  \r\n" + "no event\n" + line(2) + "{\"machine_id\":\"m\"}\n" +
                           line(3).substr(0, line(3).size() - 1));
  CHECK(found.end.has_value());
  CHECK(found.keys == std::vector<std::int64_t>{1, 2, 3});
  CHECK(found.at == std::vector<std::size_t>{1, 5, 7});
  CHECK(found.faults == std::vector<std::size_t>{4, 6});
}

TEST_CASE("damage is found, and what comes before it is given") {
  const PrivateKey key = make_private_key();
  const std::string text = lines(60'000);
  for (std::string content : {packed(text), seal(text, public_key_of(key)), seal(packed(text), public_key_of(key))}) {
    for (const std::size_t length : {content.size() - 1, content.size() / 2}) {
      const Found cut = read(content.substr(0, length), &key);
      CHECK(cut.end.error().code == ErrorCode::corrupt);
    }
    content[content.size() / 2] ^= 1;
    CHECK_FALSE(read(content, &key).end.has_value());
  }
  std::string sealed = seal(text, public_key_of(key));
  sealed.pop_back();
  CHECK(read(sealed, &key).keys.size() > 10'000);
}

TEST_CASE("what is sealed needs its key") {
  const std::string sealed = seal(lines(1), public_key_of(make_private_key()));
  CHECK(read(sealed).end.error().message.find("--key") != std::string::npos);
  const PrivateKey other = make_private_key();
  CHECK(read(sealed, &other).end.error().code == ErrorCode::unauthorized);
}

TEST_CASE("a line without an end is refused before it fills the memory") {
  const Found found = read(packed(std::string(50 << 20, ' ')));
  CHECK(found.end.error().message.find("1 MiB") != std::string::npos);
}

TEST_CASE("a folder lists its files by name, those below one, and after one, until enough") {
  const TempFolder folder;
  for (const char* name : {"b/1", "b-2", "a", "b/c/3", "c"}) folder.write(name, "");
  const auto files = make_folder_event_files(folder.path);
  const auto list = [&](const std::string& below, const std::string& after, std::size_t enough = 99) {
    std::vector<std::string> names;
    CHECK(files
              ->list(below, after,
                     [&](const std::string& name) {
                       names.push_back(name);
                       return names.size() < enough;
                     })
              .has_value());
    return names;
  };
  using Names = std::vector<std::string>;
  CHECK(list("", "") == Names{"a", "b-2", "b/1", "b/c/3", "c"});
  CHECK(list("b/", "") == Names{"b/1", "b/c/3"});
  CHECK(list("", "b/1") == Names{"b/c/3", "c"});
  CHECK(list("", "", 2) == Names{"a", "b-2"});
  CHECK_FALSE(
      make_folder_event_files(folder.path / "none")->list("", "", [](const std::string&) { return true; }).has_value());
}

TEST_CASE("files of events are known by their names") {
  for (const char* name : {"a.jsonl", "a.jsonl.zst", "a.jsonl.sealed", "events/m/2024-01-15/a-b.jsonl.zst.sealed"})
    CHECK(is_event_file(name));
  for (const char* name : {"a.jpg.sealed", "a.zst", "jsonl", "a.jsonl.gz", ""}) CHECK_FALSE(is_event_file(name));
}
