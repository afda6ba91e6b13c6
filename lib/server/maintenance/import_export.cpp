#include "server/maintenance/import_export.hpp"

#include "core/event_fields.hpp"
#include "core/json_writer.hpp"
#include "server/accounts/audit.hpp"
#include "server/events/hours.hpp"
#include "server/events/store.hpp"
#include "server/events/verdict_answers.hpp"
#include "server/maintenance/retention.hpp"
#include "server/screenshots/screenshot_rows.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event.hpp>
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

using Write = std::function<void(std::string_view line)>;

constexpr std::size_t page = 1000;

void write_line(const Write& write, std::string_view kind, std::string_view json) {
  std::string line = "{\"" + std::string(kind) + "\":";
  line.append(json).append("}\n");
  write(line);
}

Result<void> write_events(StoreReader& reader, const std::string& machine_id, const Write& write) {
  TimeRange range{Time{}, Time::max()};
  while (true) {
    const auto events = reader.events(machine_id, range, page);
    if (!events) return events.error();
    for (const Event& event : *events) write_line(write, "event", encode_event(event));
    if (events->size() < page) return {};
    range.start = events->back().timestamp + std::chrono::microseconds(1);
  }
}

/// {"start":"2024-01-15T10:00:00+01:00","totals":{...}}
Result<void> write_hours(StoreReader& reader, const std::string& machine_id, const Write& write) {
  Result<HourEnd> merged;
  const auto read = reader.hours(machine_id, {Time{}, Time::max()}, [&](const HourKey& key, std::string_view packed) {
    Totals totals;
    if (merged) merged = merge_packed(totals, packed);
    if (!merged) return;
    std::string json;
    JsonWriter(json)
        .begin_object()
        .field("start", format_timestamp(key.start, key.offset_min))
        .key("totals")
        .raw(encode_totals(totals))
        .end_object();
    write_line(write, "hour", json);
  });
  return merged ? read : merged.error();
}

Result<void> write_screenshots(Database& database, const std::string& machine_id, const Write& write) {
  return each_screenshot(database, machine_id, [&](const ScreenshotRow& row) {
    if (row.state != ScreenshotState::stored) return;
    std::string json = screenshot_json(row);
    if (row.shot.format != Screenshot::Format::none) {
      json.pop_back();
      json += ",\"path\":\"" + screenshot_path(row.shot) + "\"}";
    }
    write_line(write, "screenshot", json);
  });
}

/// What was answered to verdicts, with all that it said before.
Result<void> write_answers(Database& database, const std::string& machine_id, const Write& write) {
  const auto answers = verdict_answer_versions(database, machine_id, {Time{}, Time::max()});
  if (!answers) return answers.error();
  for (const VerdictAnswer& answer : *answers) {
    std::string json;
    JsonWriter(json)
        .begin_object()
        .field("event", format_timestamp(answer.timestamp))
        .field("text", answer.text)
        .field("at", format_timestamp(answer.at))
        .field("by", answer.by)
        .end_object();
    write_line(write, "answer", json);
  }
  return {};
}

Result<void> write_audit_entries(Database& database, const std::string& machine_id, const Write& write) {
  AuditQuery query{.machine_id = machine_id, .limit = page};
  while (true) {
    const auto rows = read_audit(database, query);
    if (!rows) return rows.error();
    for (const AuditEntry& entry : *rows) {
      std::string json;
      JsonWriter writer(json);
      write_audit_entry(writer, entry);
      write_line(write, "audit", json);
    }
    if (rows->size() < page) return {};
    query.before.emplace(rows->back().at, rows->back().id);
  }
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
                           if (const auto wrong = machine_id_fault(event.machine_id); !wrong.empty()) {
                             reject({file, line}, {ErrorCode::invalid_input, "machine_id " + std::string(wrong)});
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
  const Batch batch{.events = std::span(events_).subspan(begin, end - begin), .agent = {}, .counts = false};
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

Result<void> export_machine(Store& store, const std::string& machine_id, Time now, const Write& write) {
  const auto kept = is_kept(*store.database, machine_id);
  if (!kept) return kept.error();
  const auto erased = is_being_erased(*store.database, machine_id);
  if (!erased) return erased.error();
  if (!*kept || *erased) return Error{ErrorCode::not_found, "there is no machine " + machine_id};
  const auto machine = store.reader->machine(machine_id);
  if (!machine) return machine.error();
  std::string json;
  if (*machine)
    append_machine_json(json, **machine, now);
  else
    JsonWriter(json).begin_object().field("machine_id", machine_id).end_object();  // it sent no event yet
  write_line(write, "machine", json);
  if (auto written = write_events(*store.reader, machine_id, write); !written) return written;
  if (auto written = write_hours(*store.reader, machine_id, write); !written) return written;
  if (auto written = write_screenshots(*store.database, machine_id, write); !written) return written;
  if (auto written = write_answers(*store.database, machine_id, write); !written) return written;
  return write_audit_entries(*store.database, machine_id, write);
}

}  // namespace activitytrack::server
