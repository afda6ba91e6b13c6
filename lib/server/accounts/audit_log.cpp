#include "server/accounts/audit_log.hpp"

#include "server/accounts/access.hpp"
#include "server/accounts/secret_token.hpp"
#include "server/http/router.hpp"

#include <activitytrack/core/result.hpp>

#include <chrono>
#include <iterator>
#include <utility>

namespace activitytrack::server {
namespace {

constexpr std::chrono::milliseconds gathering{500};

bool is_noted(const Route& route, std::string_view method, int status) {
  if (status == 403) return access_of(route) != Access::machine && access_of(route) != Access::enrolment;
  return shows_data(route) && (method == "GET" || method == "HEAD");
}

}  // namespace

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
