#include "fakes.hpp"
#include "server/maintenance/import_export.hpp"
#include "temp_folder.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace activitytrack;
using namespace activitytrack::server;
using namespace activitytrack::test;

namespace {

/// Refuses whole groups with a poisoned event in them, and all when it is full.
class FussyStore : public StoreWriter {
 public:
  Result<Appended> append(std::span<const Batch> batches, Time, std::optional<std::int64_t>) override {
    if (stored.size() >= room) return Error{ErrorCode::no_space, "full"};
    const auto events = batches[0].events;
    const auto is_poison = [](const Event& event) { return event.machine_id == "poison"; };
    if (std::ranges::any_of(events, is_poison)) return Error{ErrorCode::invalid_input, "poison"};
    stored.insert(stored.end(), events.begin(), events.end());
    groups.push_back(events.size());
    return Appended{false, {{events.size(), 0}}};
  }
  Result<void> flush() override {
    ++flushes;
    return {};
  }
  Result<bool> set_user_label(std::string_view, const std::optional<std::string>&) override { return false; }

  std::size_t room = 1'000'000;
  std::vector<Event> stored;
  std::vector<std::size_t> groups;
  int flushes = 0;
};

std::string line(const std::string& machine) {
  return "{\"machine_id\":\"" + machine + "\",\"timestamp\":\"2024-01-15T10:00:00Z\"}\n";
}

std::string lines(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) text += line("m");
  return text;
}

struct ImportRig {
  TempFolder folder;
  FussyStore store;
  std::vector<std::string> complaints;
  EventImport import{store, nullptr, Time{}, [this](const std::string& text) { complaints.push_back(text); }};

  Result<void> take(const std::string& content) {
    folder.write("f.jsonl", content);
    return import.take(*make_folder_event_files(folder.path), "f.jsonl");
  }
};

}  // namespace

TEST_CASE("files are stored in groups that go across them, and are durable at the end") {
  ImportRig rig;
  for (int i = 0; i < 5; ++i) CHECK(rig.take(lines(500)).has_value());
  CHECK(rig.store.groups == std::vector<std::size_t>{1000, 1000});
  CHECK(rig.import.finish().has_value());
  CHECK(rig.store.groups == std::vector<std::size_t>{1000, 1000, 500});
  CHECK(rig.store.flushes == 1);
  CHECK(rig.import.counts().files == 5);
  CHECK(rig.import.counts().accepted == 2500);
}

TEST_CASE("an event that the store refuses is rejected alone, with its file and line") {
  ImportRig rig;
  CHECK(rig.take(lines(300) + line("poison") + lines(200) + line("poison")).has_value());
  CHECK(rig.import.finish().has_value());
  CHECK(rig.store.stored.size() == 500);
  CHECK(rig.import.counts().rejected == 2);
  REQUIRE(rig.complaints.size() == 2);
  CHECK(rig.complaints[0].ends_with("f.jsonl:301: poison"));
  CHECK(rig.complaints[1].ends_with("f.jsonl:502: poison"));
}

TEST_CASE("below a machine's folder its own events are taken alone") {
  for (const std::string root : {"", "events", "events/m%20x", "events/m%20x/2024-01-15"}) {
    CAPTURE(root);
    ImportRig rig;
    const std::string events = line("m x") + line("other") + line("events");
    for (const std::string below : {"", "events/other/2024-01-15/"}) {
      const std::filesystem::path file = "events/m%20x/2024-01-15/" + below + "f.jsonl";
      rig.folder.write("a/" + file.string(), events);
      const auto asked = rig.folder.path / "a" / root;
      const auto name = (rig.folder.path / "a" / file).lexically_relative(asked).string();
      CHECK(rig.import.take(*make_folder_event_files(asked), name).has_value());
    }
    CHECK(rig.import.finish().has_value());
    CHECK(rig.import.counts().accepted == 2);
    CHECK(rig.import.counts().rejected == 4);
    REQUIRE(rig.complaints.size() == 4);
    CHECK(rig.complaints[0].ends_with("f.jsonl:2: an event of other in the folder of another machine"));
  }
}

TEST_CASE("a store that is full ends it at once") {
  ImportRig rig;
  rig.store.room = 1000;
  CHECK(rig.take(lines(5000)).error().code == ErrorCode::no_space);
  CHECK(rig.import.counts().accepted == 1000);
  CHECK(rig.import.counts().rejected == 0);
}
