#include "core/json_writer.hpp"
#include "server/accounts/access.hpp"
#include "server/accounts/audit.hpp"
#include "server/api/handlers.hpp"
#include "server/api/parameters.hpp"

#include <algorithm>
#include <set>

// Who looked at what is a person's own: their machines' part of the audit log, in plain words.

namespace activitytrack::server {
namespace {

constexpr std::size_t default_accesses = 100, max_accesses = 1000;

/// How many rows of the audit log a request reads at most, beyond the first of each machine.
constexpr std::size_t most_rows = 20'000;
constexpr std::size_t audit_rows_at_once = 500;

struct Words {
  std::string_view action, words;
};

/// Routes by method and pattern, and what commands of the server's own program are called.
constexpr Words words_of_actions[] = {
    {"GET /api/machines/{id}", "looked at the machine"},
    {"PATCH /api/machines/{id}", "changed the label"},
    {"DELETE /api/machines/{id}", "erased all data"},
    {"GET /api/fleet/{id}", "looked at the day"},
    {"GET /api/activity/{id}/events", "looked at events"},
    {"GET /api/activity/{id}/summary", "looked at the day's sums"},
    {"GET /api/activity/{id}/timeline", "looked at the day"},
    {"GET /api/activity/{id}/minutes", "looked at the day"},
    {"GET /api/activity/{id}/range", "looked at several days"},
    {"GET /api/activity/{id}/verdicts", "looked at verdicts"},
    {"POST /api/activity/{id}/events/{timestamp}/answer", "answered a verdict"},
    {"GET /api/activity/{id}/events/{timestamp}/answers", "looked at answers to verdicts"},
    {"GET /api/activity/{id}/export", "exported events"},
    {"GET /api/screenshots/{id}", "looked at screenshots"},
    {"GET /api/screenshots/{id}/slots", "looked at screenshots"},
    {"GET /api/machines/{id}/credentials", "looked at the credentials"},
    {"DELETE /api/machines/{id}/credentials", "revoked the credentials"},
    {"GET /api/machines/{id}/configuration", "looked at the configuration"},
    {"PUT /api/machines/{id}/configuration", "changed the configuration"},
    {"GET /api/audit", "looked at the audit log"},
    {"export", "exported all data"},
    {"erase", "erased all data"},
    {"machine revoke", "revoked the credentials"},
    {"config set", "changed the configuration"},
};

/// Of one screenshot the log has its id, and so the action begins as these do.
constexpr Words words_of_pictures[] = {
    {"GET /api/screenshots/{id}/", "looked at a screenshot"},
    {"DELETE /api/screenshots/{id}/", "removed a screenshot"},
};

/// A machine's entries, the newest first, read a few at once.
class MachineAudit {
 public:
  MachineAudit(Database& database, AuditQuery query) : database_(database), query_(std::move(query)) {}

  /// The next entry, or null after the last.
  Result<const AuditEntry*> front() {
    if (next_ == rows_.size() && !is_read_) {
      if (auto read = read_more(); !read) return read.error();
    }
    return next_ == rows_.size() ? nullptr : &rows_[next_];
  }

  void pop() { ++next_; }

 private:
  Result<void> read_more() {
    auto rows = read_audit(database_, query_);
    if (!rows) return rows.error();
    rows_ = std::move(*rows);
    next_ = 0;
    is_read_ = rows_.size() < query_.limit;
    if (!rows_.empty()) query_.before = {rows_.back().at, rows_.back().id};
    return {};
  }

  Database& database_;
  AuditQuery query_;
  std::vector<AuditEntry> rows_{};
  std::size_t next_ = 0;
  bool is_read_ = false;
};

/// Several machines' entries, the newest first.
class MergedAudit {
 public:
  MergedAudit(Database& database, const std::set<std::string, std::less<>>& machines,
              std::optional<std::pair<Time, std::int64_t>> before) {
    const std::size_t limit = std::max<std::size_t>(audit_rows_at_once / std::max<std::size_t>(machines.size(), 1), 10);
    for (const std::string& machine : machines)
      machines_.emplace_back(database, AuditQuery{.machine_id = machine, .before = before, .limit = limit});
  }

  /// nullopt after the last.
  Result<std::optional<AuditEntry>> next() {
    MachineAudit* newest = nullptr;
    const AuditEntry* entry = nullptr;
    for (MachineAudit& machine : machines_) {
      const auto front = machine.front();
      if (!front) return front.error();
      if (!*front || (entry && std::pair(entry->at, entry->id) > std::pair((*front)->at, (*front)->id))) continue;
      newest = &machine, entry = *front;
    }
    if (!newest) return std::optional<AuditEntry>();
    newest->pop();
    return std::optional(*entry);
  }

 private:
  std::vector<MachineAudit> machines_;
};

/// Entries that follow each other with the same person, action and machine, and the latest of them.
struct Accesses {
  AuditEntry latest;
  std::string action;
  std::int64_t count = 0;
};

struct AccessPage {
  std::vector<Accesses> entries{};
  std::string cursor{};  ///< "" on the last page
};

std::string in_words(const std::string& action) {
  const auto is_same = [&](const Words& words) { return words.action == action; };
  if (const auto* found = std::ranges::find_if(words_of_actions, is_same); found != std::end(words_of_actions))
    return std::string(found->words);
  const auto begins_so = [&](const Words& words) { return action.starts_with(words.action); };
  const auto* found = std::ranges::find_if(words_of_pictures, begins_so);
  return found == std::end(words_of_pictures) ? action : std::string(found->words);
}

/// Whether it was somebody else than the person and their machine.
bool is_by_others(const AuditEntry& entry, const Principal& who) {
  if (entry.kind == to_string(Principal::Kind::machine)) return false;
  return entry.kind != to_string(who.kind) || entry.name != who.name;
}

bool is_refused(const AuditEntry& entry) { return entry.status >= 400; }

bool goes_with(const Accesses& accesses, const AuditEntry& entry, const std::string& action) {
  const AuditEntry& latest = accesses.latest;
  return accesses.action == action && latest.name == entry.name && latest.kind == entry.kind &&
         latest.machine_id == entry.machine_id && is_refused(latest) == is_refused(entry);
}

/// Reads on until the page has `limit` entries, or enough was read.
Result<AccessPage> read_accesses(MergedAudit& audit, const Principal& who, std::size_t limit) {
  AccessPage page;
  std::string after_last;
  for (std::size_t rows = 0; rows < most_rows; ++rows) {
    auto entry = audit.next();
    if (!entry) return entry.error();
    if (!*entry) return page;
    std::string cursor = make_cursor((*entry)->at, (*entry)->id);
    if (is_by_others(**entry, who)) {
      std::string action = in_words((*entry)->action);
      const bool is_more_of_last = !page.entries.empty() && goes_with(page.entries.back(), **entry, action);
      if (!is_more_of_last && page.entries.size() == limit) break;
      if (!is_more_of_last) page.entries.push_back({std::move(**entry), std::move(action)});
      ++page.entries.back().count;
    }
    after_last = std::move(cursor);
  }
  page.cursor = std::move(after_last);
  return page;
}

void write_accesses(JsonWriter& json, const Accesses& accesses) {
  const AuditEntry& latest = accesses.latest;
  json.begin_object().field("at", format_timestamp(latest.at)).field("name", latest.name).field("kind", latest.kind);
  json.field("action", accesses.action).field("machine_id", latest.machine_id);
  json.field("status", latest.status).field("count", accesses.count).end_object();
}

}  // namespace

Result<Response> get_own_accesses(const Request& request, Services& services) {
  Parameters parameters(request.target);
  const auto limit = parameters.count("limit", default_accesses, max_accesses);
  std::optional<std::pair<Time, std::int64_t>> before;
  if (parameters.find("cursor")) {
    const NewestFirst place = parameters.newest_first();
    before = {place.at, place.id};
  }
  if (parameters.wrong()) return *parameters.wrong();
  const Principal& who = asker(request);
  // What is given to others to read is not theirs.
  MergedAudit audit(services.database, who.role == Role::self ? who.machines : decltype(who.machines)(), before);
  const auto page = read_accesses(audit, who, limit);
  if (!page) return page.error();

  Response response;
  JsonWriter json(response.body);
  json.begin_object().key("entries").array(page->entries, [&](const Accesses& each) { write_accesses(json, each); });
  json.field("next_cursor", page->cursor.empty() ? std::nullopt : std::optional(page->cursor)).end_object();
  return response;
}

}  // namespace activitytrack::server
