#include "server/maintenance/machine_export.hpp"
#include "server/events/packed_hour.hpp"

#include "core/json_writer.hpp"
#include "server/accounts/audit.hpp"
#include "server/events/machine_state.hpp"
#include "server/maintenance/erasure.hpp"
#include "server/screenshots/screenshot_rows.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/event_json.hpp>

namespace activitytrack::server {
namespace {

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
    if (row.shot.format != ScreenshotFormat::none) {
      json.pop_back();
      json += ",\"path\":\"" + screenshot_path(row.shot) + "\"}";
    }
    write_line(write, "screenshot", json);
  });
}

Result<void> write_audit_entries(Database& database, const std::string& machine_id, const Write& write) {
  AuditQuery query{.machine_id = machine_id, .limit = page};
  while (true) {
    const auto rows = read_audit(database, query);
    if (!rows) return rows.error();
    for (const AuditRow& row : *rows) {
      std::string json;
      JsonWriter writer(json);
      write_audit_entry(writer, row.entry);
      write_line(write, "audit", json);
    }
    if (rows->size() < page) return {};
    query.before.emplace(rows->back().entry.at, rows->back().id);
  }
}

}  // namespace

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
  return write_audit_entries(*store.database, machine_id, write);
}

}  // namespace activitytrack::server
