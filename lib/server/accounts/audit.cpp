#include "server/accounts/audit.hpp"

#include "core/event_fields.hpp"
#include "server/accounts/access.hpp"
#include "server/accounts/secret_token.hpp"
#include "server/events/event_row.hpp"
#include "server/http/router.hpp"

#include <activitytrack/core/screenshot.hpp>

#include <iterator>
#include <utility>

namespace activitytrack::server {
namespace {

std::string asked_machine(const Request& request) {
  const std::string_view pattern = request.route->pattern;
  const bool in_path = pattern.starts_with("/api/machines/{") || pattern.starts_with("/api/activity/{") ||
                       pattern.starts_with("/api/screenshots/{");
  if (in_path && !request.arguments.empty()) return request.arguments[0];
  const std::string* asked = pattern == "/api/audit" ? request.target.find("machine") : nullptr;
  return asked ? *asked : "";
}

/// The method and the pattern of a route; of a picture, its id in its place: which one was seen matters.
std::string action_of(const Request& request) {
  constexpr std::string_view id = "{screenshot}";
  std::string action = std::string(request.route->method) + " " + std::string(request.route->pattern);
  const auto at = action.find(id);
  if (at == action.npos || request.arguments.size() < 2 || !is_screenshot_id(request.arguments[1])) return action;
  return action.replace(at, id.size(), request.arguments[1]);
}

/// The machine that a request is about; "" if it is about none, or all, or what is asked for can be no
/// machine's id.
std::string machine_of(const Request& request) {
  std::string id = asked_machine(request);
  return id.size() <= max_machine_id_bytes ? id : "";
}

AuditEntry read_audit_row(const SqlRow& row) {
  return {.at = row.time(0),
          .kind = std::string(row.text(2)),
          .name = std::string(row.text(3)),
          .action = std::string(row.text(4)),
          .machine_id = std::string(row.text(5)),
          .client = std::string(row.text(6)),
          .status = row.integer(7),
          .id = row.integer(1)};
}

constexpr std::chrono::milliseconds gathering{500};

bool is_noted(const Route& route, std::string_view method, int status) {
  if (status == 403) return access_of(route) != Access::machine && access_of(route) != Access::enrolment;
  return shows_data(route) && (method == "GET" || method == "HEAD");
}

}  // namespace

AuditEntry audit_entry(const Request& request, Time now, int status) {
  const Principal& who = asker(request);
  AuditEntry entry{.at = now,
                   .kind = std::string(to_string(who.kind)),
                   .name = who.name,
                   .client = request.client,
                   .status = status};
  if (request.route) {
    entry.action = action_of(request);
    entry.machine_id = machine_of(request);
  }
  if (who.kind == Principal::Kind::machine) entry.machine_id = who.name;
  return entry;
}

Result<void> write_audit(Database& database, std::span<const AuditEntry> entries) {
  for (const AuditEntry& entry : entries) {
    auto written = database.execute(
        "INSERT INTO audit(at, id, kind, name, action, machine_id, client, status)"
        " VALUES($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT(at, id) DO NOTHING",
        {entry.at, entry.id != 0 ? entry.id : random_id(), entry.kind, entry.name, entry.action, entry.machine_id,
         entry.client, entry.status});
    if (!written) return written;
  }
  return {};
}

Result<std::vector<AuditEntry>> read_audit(Database& database, const AuditQuery& query) {
  const auto [at, id] = query.before.value_or(std::pair(query.end, std::int64_t{0}));
  // Not one condition for both: it would hide the index by machine.
  const std::string which = query.machine_id.empty() ? "$5 = ''" : "machine_id = $5";
  return select_all(database,
                    "SELECT at, id, kind, name, action, machine_id, client, status FROM audit WHERE " + which +
                        " AND at >= $1 AND (at < $2 OR (at = $2 AND id < $3)) ORDER BY at DESC, id DESC LIMIT $4",
                    {query.start, at, id, query.limit, query.machine_id}, read_audit_row);
}

Result<std::int64_t> drop_old_audit(Database& database, Time before, std::size_t limit) {
  const auto until = select_number(
      database, "SELECT coalesce(max(at), -1) FROM (SELECT at FROM audit WHERE at < $1 ORDER BY at LIMIT $2) AS oldest",
      {before, limit});
  if (!until) return until.error();
  return database.run("DELETE FROM audit WHERE at <= $1", {*until});
}

void write_audit_entry(JsonWriter& json, const AuditEntry& entry) {
  json.begin_object()
      .field("at", format_timestamp(entry.at))
      .field("kind", entry.kind)
      .field("name", entry.name)
      .field("action", entry.action)
      .key("machine_id");
  entry.machine_id.empty() ? json.null() : json.value(entry.machine_id);
  json.field("client", entry.client).field("status", entry.status).end_object();
}

AuditLog::AuditLog(Database& database, Clock& clock, Log& log, std::size_t capacity)
    : database_(database), clock_(clock), log_(log), capacity_(capacity), worker_("the audit log", log) {
  worker_.start([this](Worker::Lock& lock) { return step(lock); });
}

void AuditLog::note(const Request& request, int status) {
  if (!request.route || !is_noted(*request.route, request.method, status)) return;
  const Principal& who = asker(request);
  if (who.kind == Principal::Kind::nobody || who.is_anyone) return;
  worker_.change([&] {
    if (status == 403 && has_no_room()) {
      ++dropped_;
    } else {
      waiting_.push_back(audit_entry(request, clock_.now(), status));
      waiting_.back().id = random_id();  // now: what failed may be there all the same, and is tried again
    }
  });
}

bool AuditLog::is_full() const {
  const auto lock = worker_.lock();
  return has_no_room();
}

bool AuditLog::step(Worker::Lock& lock) {
  if (!worker_.wait(lock, [this] { return !waiting_.empty(); })) return false;
  worker_.rest(lock, gathering);
  auto entries = std::exchange(waiting_, {});
  writing_ = entries.size();
  lock.unlock();
  std::size_t done = 0;
  try {
    done = write(entries);
  } catch (...) {
    lock.lock();
    put_back(entries);
    throw;
  }
  lock.lock();
  const auto rest = std::span(entries).subspan(done);
  if (rest.empty()) {
    writing_ = 0;
    if (dropped_ > 0) log_.warning("refused requests were left out of the audit log", {{"number", dropped_}});
    dropped_ = 0;
    return true;
  }
  if (worker_.stopping()) return false;
  put_back(rest);
  return true;
}

void AuditLog::put_back(std::span<AuditEntry> entries) {
  writing_ = 0;
  waiting_.insert(waiting_.begin(), std::move_iterator(entries.begin()), std::move_iterator(entries.end()));
}

/// Returns how many of the first are done with.
std::size_t AuditLog::write(std::span<const AuditEntry> entries) {
  const auto written = database_.transact([&] { return write_audit(database_, entries); });
  if (!written && !is_transient(written.error().code)) return write_singly(entries);
  if (written) {
    failing_ = false;
    return entries.size();
  }
  if (!std::exchange(failing_, true)) {
    log_.error("the audit log cannot be written; it will be tried again", {{"error", written.error().message}});
  }
  return 0;
}

/// So that one that the database does not take keeps none of the others out.
std::size_t AuditLog::write_singly(std::span<const AuditEntry> entries) {
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto written = write_audit(database_, entries.subspan(i, 1));
    if (written) continue;
    if (is_transient(written.error().code)) return i;
    log_.error("an entry of the audit log cannot be written, and is left out",
               {{"action", entries[i].action}, {"error", written.error().message}});
  }
  failing_ = false;
  return entries.size();
}

}  // namespace activitytrack::server
