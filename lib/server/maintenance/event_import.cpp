#include "server/maintenance/event_import.hpp"

#include <activitytrack/core/result.hpp>

#include <activitytrack/core/screenshot.hpp>

namespace activitytrack::server {
namespace {

constexpr std::size_t group_size = 1000;  // as long as agents may have to wait for a running server's writer

constexpr std::size_t names_a_page = 100'000;

/// Errors of the store itself, which splitting a group does not help against.
bool concerns_all(ErrorCode code) { return is_transient(code) || code == ErrorCode::io || code == ErrorCode::corrupt; }

/// The machine's part of "events/MACHINE/DATE/FILE", as agents name files; "" of other files. What was asked for
/// decides, then the name below it: further down a machine may name its files as it likes.
std::string folder_of(const EventFiles& files, const std::string& name) {
  constexpr std::string_view root = "/events/";
  const std::string path = "/" + files.title(name);
  const std::size_t asked = path.size() - name.size();
  auto at = path.substr(0, asked).rfind(root);
  if (at == path.npos) at = path.find(root, asked - 1);
  if (at == path.npos) return "";
  at += root.size();
  const auto end = path.find('/', at);
  return end == path.npos ? "" : path.substr(at, end - at);
}

}  // namespace

EventImport::EventImport(StoreWriter& store, const PrivateKey* key, Time now, Complain complain)
    : store_(store), key_(key), now_(now), complain_(std::move(complain)) {}

Result<void> EventImport::take(EventFiles& files, const std::string& name) {
  const auto file = std::make_shared<const std::string>(files.title(name));
  const std::string folder = folder_of(files, name);
  Result<void> stored;
  const EventLines lines{.event = [&](Event&& event, std::size_t line) -> Result<void> {
                           if (!folder.empty() && path_segment(event.machine_id) != folder) {
                             reject({file, line}, {ErrorCode::invalid_input, "an event of " + event.machine_id +
                                                                                 " in the folder of another machine"});
                             return {};
                           }
                           events_.push_back(std::move(event));
                           origins_.push_back({file, line});
                           if (events_.size() == group_size) stored = store_group();
                           return stored;
                         },
                         .fault = [&](const Error& error, std::size_t line) -> Result<void> {
                           reject({file, line}, error);
                           return {};
                         }};
  const auto read = read_events(files, name, key_, lines);
  if (!stored) return stored;
  ++counts_.files;
  if (read) return {};
  ++counts_.damaged_files;
  complain_(*file + ": " + read.error().message);
  return {};
}

Result<bool> EventImport::take_all(EventFiles& files, const std::function<void(const std::string& name)>& progress) {
  bool is_any = false;
  std::vector<std::string> names;
  do {
    const std::string after = names.empty() ? "" : names.back();
    names.clear();
    const auto listed = files.list("", after, [&](const std::string& name) {
      if (is_event_file(name)) names.push_back(name);
      return names.size() < names_a_page;
    });
    if (!listed) return listed.error();
    files.expect(names);
    for (const std::string& name : names) {
      is_any = true;
      progress(name);
      if (auto taken = take(files, name); !taken) return taken.error();
    }
  } while (names.size() == names_a_page);
  return is_any;
}

Result<void> EventImport::finish() {
  if (auto stored = store_group(); !stored) return stored;
  return store_.flush();
}

Result<void> EventImport::store_group() {
  auto stored = store(0, events_.size());
  events_.clear();
  origins_.clear();
  return stored;
}

/// A group that fails because of what it holds is split until the culprit is found.
Result<void> EventImport::store(std::size_t begin, std::size_t end) {
  if (begin == end) return {};
  const Batch batch{.events = std::span(events_).subspan(begin, end - begin), .agent = {}};
  const auto appended = store_.append(std::span(&batch, 1), now_);
  if (appended) {
    counts_.accepted += static_cast<std::int64_t>(appended->counts[0].accepted);
    counts_.duplicates += static_cast<std::int64_t>(appended->counts[0].duplicates);
    return {};
  }
  if (concerns_all(appended.error().code)) return appended.error();
  if (end - begin == 1) {
    reject(origins_[begin], appended.error());
    return {};
  }
  const std::size_t middle = begin + (end - begin) / 2;
  if (auto first = store(begin, middle); !first) return first;
  return store(middle, end);
}

void EventImport::reject(const Origin& origin, const Error& error) {
  ++counts_.rejected;
  complain_(*origin.file + ":" + std::to_string(origin.line) + ": " + error.message);
}

}  // namespace activitytrack::server
