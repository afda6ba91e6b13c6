#include "archive/event_reader.hpp"
#include "core/text.hpp"
#include "net/url.hpp"
#include "sources/source.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/screenshot.hpp>

#include <map>

namespace activitytrack::report {
namespace {

using DayEvents = std::map<Time, Event>;

constexpr std::string_view root = "events/";
constexpr std::size_t most_in_a_day = 100'000;  // an agent makes one a second at most

/// "events/SEGMENT/" of a name below it; "" of others.
std::string folder_of(const std::string& name) {
  const auto slash = name.find('/', root.size());
  return is_event_file(name) && slash != name.npos ? name.substr(0, slash + 1) : "";
}

/// Of "events/SEGMENT/2024-01-15/FROM-TO.jsonl.zst": "2024-01-15".
std::string date_of(const std::string& folder, const std::string& name) {
  return is_event_file(name) ? name.substr(folder.size(), name.find('/', folder.size()) - folder.size()) : "";
}

/// "2024-01-15/TO", by which the file with the latest events is found.
std::string end_of(const std::string& folder, const std::string& name) {
  return date_of(folder, name) + "/" + name.substr(name.rfind('-') + 1);
}

/// A folder or a bucket that agents upload their events to. Their names are in order of time, so that a day's
/// are found without looking at others'. It may hold an event several times.
class ArchiveSource final : public EventSource {
 public:
  ArchiveSource(std::unique_ptr<EventFiles> files, std::optional<PrivateKey> key, Clock& clock)
      : files_(std::move(files)), key_(std::move(key)), clock_(clock) {}

  Result<Machines> machines() override {
    Machines machines;
    for (std::string after(root);;) {
      std::string first;
      const auto listed = files_->list(std::string(root), after, [&](const std::string& name) {
        first = folder_of(name).empty() ? "" : name;
        return first.empty();
      });
      if (!listed) return listed.error();
      if (first.empty()) break;
      const std::string folder = folder_of(first);
      auto machine = look_at(folder, first);
      if (!machine) return machine.error();
      if (machine->last_seen) machines.list.push_back(std::move(*machine));
      after = folder;
      ++after.back();  // behind all names that begin with the folder's
    }
    machines.json = encode_machines(machines.list);
    return machines;
  }

  Result<void> events(const Machine& machine, TimeRange range, const EventSink& sink) override {
    const std::string folder = std::string(root) + path_segment(machine.machine_id) + "/";
    const std::string last_date = utc_date_text(range.end - std::chrono::microseconds(1));
    for (std::string after = folder + utc_date_text(range.start);;) {
      const auto names = next_date(folder, after);
      if (!names) return names.error();
      if (names->empty() || date_of(folder, names->front()) > last_date) return {};
      DayEvents events;
      files_->expect(*names);
      for (const std::string& name : *names)
        if (auto read = read_file(machine.machine_id, name, events); !read) return read;
      for (auto event = events.lower_bound(range.start); event != events.end() && event->first < range.end; ++event)
        if (auto taken = sink(event->second); !taken) return taken;
      after = names->back();
    }
  }

 private:
  /// All files of the first date that comes after.
  Result<std::vector<std::string>> next_date(const std::string& folder, const std::string& after) {
    std::vector<std::string> names;
    const auto listed = files_->list(folder, after, [&](const std::string& name) {
      if (!is_event_file(name)) return true;
      if (!names.empty() && date_of(folder, name) != date_of(folder, names[0])) return false;
      names.push_back(name);
      return true;
    });
    if (!listed) return listed.error();
    return names;
  }

  /// What its first and its latest file say.
  Result<Machine> look_at(const std::string& folder, const std::string& first) {
    Machine machine;
    auto id = percent_decode(std::string_view(folder).substr(root.size(), folder.size() - root.size() - 1));
    if (!id) return machine;
    machine.machine_id = std::move(*id);
    const auto latest = latest_name(folder, first);
    if (!latest) return latest.error();
    DayEvents events;
    for (const std::string& name : {first, *latest})
      if (auto read = read_file(machine.machine_id, name, events); !read) return read.error();
    if (events.empty()) return machine;
    machine.first_seen = events.begin()->first;
    machine.last_seen = events.rbegin()->first;
    machine.timezone = events.rbegin()->second.timezone;
    return machine;
  }

  /// Looks back from today in growing steps: most machines are active, and a bucket lists in only one direction.
  Result<std::string> latest_name(const std::string& folder, const std::string& first) {
    std::string latest = first;
    const Time today = std::chrono::floor<std::chrono::days>(clock_.now());
    for (std::chrono::days back{1}; latest == first; back *= 2) {
      const std::string after = folder + (today.time_since_epoch() > back ? utc_date_text(today - back) : "");
      const auto listed = files_->list(folder, after, [&](const std::string& name) {
        if (is_event_file(name) && end_of(folder, name) >= end_of(folder, latest)) latest = name;
        return true;
      });
      if (!listed) return listed.error();
      if (after < first) break;
    }
    return latest;
  }

  Result<void> read_file(const std::string& machine_id, const std::string& name, DayEvents& events) {
    const EventLines lines{.event = [&](Event&& event, std::size_t) -> Result<void> {
                             const Time at = event.timestamp;
                             if (event.machine_id == machine_id) events.try_emplace(at, std::move(event));
                             if (events.size() <= most_in_a_day) return {};
                             return Error{ErrorCode::invalid_input, "more events than a day can have"};
                           },
                           .fault = [&](const Error& error, std::size_t line) -> Result<void> {
                             return Error{error.code, "line " + std::to_string(line) + ": " + error.message};
                           }};
    const auto read = read_events(*files_, name, key_ ? &*key_ : nullptr, lines);
    if (!read) return Error{read.error().code, files_->title(name) + ": " + read.error().message};
    return {};
  }

  std::unique_ptr<EventFiles> files_;
  std::optional<PrivateKey> key_;
  Clock& clock_;
};

}  // namespace

std::unique_ptr<Source> make_archive_source(std::unique_ptr<EventFiles> files, std::optional<PrivateKey> key,
                                            Clock& clock) {
  return std::make_unique<ArchiveSource>(std::move(files), std::move(key), clock);
}

}  // namespace activitytrack::report
