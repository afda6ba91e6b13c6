#include "server/accounts/audit_log.hpp"

#include "server/accounts/access.hpp"
#include "server/accounts/secret_token.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace activitytrack::server {
namespace {

constexpr std::chrono::milliseconds gathering{500};
constexpr int first_error_status = 400;
constexpr int retry_after_sec = 30;

bool is_of_person(const Request& request) {
  const Principal& who = asker(request);
  return who.kind != Principal::Kind::nobody && !who.is_anyone;
}

/// What agents are refused they meet with each batch, and says nothing of people.
bool is_refusal(const Request& request, int status) {
  const Access access = access_of(*request.route);
  if (access == Access::machine || access == Access::enrolment) return false;
  return status == 403 || (status == 409 && !is_read(request));
}

Response cannot_be_written() { return come_back_later(retry_after_sec, "who reads this cannot be written down now"); }

}  // namespace

AuditLog::AuditLog(Database& database, Clock& clock, Log& log, std::size_t capacity)
    : database_(database), clock_(clock), log_(log), capacity_(capacity), worker_("the audit log", log) {
  worker_.start([this](Worker::Lock& lock) { return step(lock); });
}

void AuditLog::Group::add(AuditEntry entry, Held waiting) {
  answers += waiting.answer != nullptr;
  entries.push_back(std::move(entry));
  held.push_back(std::move(waiting));
}

void AuditLog::pass_on(const Request& request, int status, Response response, Answer answer) {
  const bool is_shown = request.route && shows_data(*request.route) && is_read(request) && is_of_person(request);
  if (!is_shown || status >= first_error_status) {
    // A read that failed has shown nothing, and waits for nothing.
    is_shown ? void(add(audit_entry(request, clock_.now(), status), {})) : note_refused(request, status);
    return answer(std::move(response));
  }
  if (!add(audit_entry(request, clock_.now(), status), {std::move(response), answer})) answer(cannot_be_written());
}

void AuditLog::note_refused(const Request& request, int status) {
  if (request.route && is_refusal(request, status) && is_of_person(request))
    add(audit_entry(request, clock_.now(), status), {});
}

bool AuditLog::is_full() const {
  const auto lock = worker_.lock();
  return waiting_.entries.size() + writing_ >= capacity_;
}

/// False if there is no room; then an entry that nobody waits for is counted.
bool AuditLog::add(AuditEntry entry, Held held) {
  entry.id = random_id();  // now: what failed may be there all the same, and is tried again
  return worker_.change([&] {
    const bool has_room = waiting_.entries.size() + writing_ < capacity_ && !worker_.stopping();
    if (has_room) waiting_.add(std::move(entry), std::move(held));
    if (!has_room && !held.answer) ++dropped_;
    return has_room;
  });
}

bool AuditLog::step(Worker::Lock& lock) {
  if (!worker_.wait(lock, [this] { return !waiting_.entries.empty(); })) return false;
  worker_.wait_until(lock, std::chrono::steady_clock::now() + gathering, [this] { return waiting_.answers > 0; });
  Group group = std::exchange(waiting_, {});
  writing_ = group.entries.size();
  lock.unlock();
  std::vector<Outcome> outcomes(group.entries.size(), Outcome::failed);
  try {
    outcomes = write(group.entries);
  } catch (...) {
    settle(lock, std::move(group), outcomes);
    throw;
  }
  const bool failed = std::ranges::find(outcomes, Outcome::failed) != outcomes.end();
  settle(lock, std::move(group), outcomes);
  return !failed || !worker_.stopping();
}

/// Gives the answers, and has what failed and nobody waits for tried again. Ends with the lock held.
void AuditLog::settle(Worker::Lock& lock, Group group, const std::vector<Outcome>& outcomes) {
  Group again;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    auto& [response, answer] = group.held[i];
    if (answer) answer(outcomes[i] == Outcome::written ? std::move(response) : cannot_be_written());
    if (!answer && outcomes[i] == Outcome::failed) again.add(std::move(group.entries[i]), {});
  }
  lock.lock();
  writing_ = 0;
  if (again.entries.empty()) {
    if (dropped_ > 0) log_.warning("refused requests were left out of the audit log", {{"number", dropped_}});
    dropped_ = 0;
  }
  for (std::size_t i = 0; i < waiting_.entries.size(); ++i)
    again.add(std::move(waiting_.entries[i]), std::move(waiting_.held[i]));
  waiting_ = std::move(again);
}

std::vector<AuditLog::Outcome> AuditLog::write(std::span<const AuditEntry> entries) {
  const auto written = database_.transact([&] { return write_audit(database_, entries); });
  if (!written && !is_transient(written.error().code)) return write_singly(entries);
  if (!written) note_failure(written.error());
  if (written) failing_ = false;
  return std::vector(entries.size(), written ? Outcome::written : Outcome::failed);
}

/// So that one that the database does not take keeps none of the others out.
std::vector<AuditLog::Outcome> AuditLog::write_singly(std::span<const AuditEntry> entries) {
  std::vector<Outcome> outcomes(entries.size(), Outcome::failed);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto written = database_.transact([&] { return write_audit(database_, entries.subspan(i, 1)); });
    if (!written && is_transient(written.error().code)) {
      note_failure(written.error());
      return outcomes;
    }
    outcomes[i] = written ? Outcome::written : Outcome::left_out;
    if (written) continue;
    log_.error("an entry of the audit log cannot be written, and is left out",
               {{"action", entries[i].action}, {"error", written.error().message}});
  }
  failing_ = false;
  return outcomes;
}

/// Once for each outage.
void AuditLog::note_failure(const Error& error) {
  if (std::exchange(failing_, true)) return;
  log_.error("the audit log cannot be written; what would be shown is refused meanwhile", {{"error", error.message}});
}

}  // namespace activitytrack::server
