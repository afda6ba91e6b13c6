#include "server/accounts/audit_log.hpp"

#include "core/transient.hpp"
#include "server/accounts/access.hpp"
#include "server/accounts/principal.hpp"

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
    : database_(database), clock_(clock), log_(log), capacity_(capacity) {
  thread_ = std::thread([this] { run(); });
}

AuditLog::~AuditLog() { stop(); }

void AuditLog::note(const Request& request, int status) {
  if (!request.route || !is_noted(*request.route, request.method, status)) return;
  const Principal& who = asker(request);
  if (who.kind == Principal::Kind::nobody || who.is_anyone) return;
  {
    const std::lock_guard lock(mutex_);
    if (status == 403 && has_no_room()) {
      ++dropped_;
      return;
    }
    waiting_.push_back(audit_entry(request, clock_.now(), status));
  }
  changed_.notify_one();
}

bool AuditLog::is_full() const {
  const std::lock_guard lock(mutex_);
  return has_no_room();
}

void AuditLog::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void AuditLog::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    changed_.wait_for(lock, gathering, [this] { return stopping_; });
    auto entries = std::exchange(waiting_, {});
    writing_ = entries.size();
    lock.unlock();
    const auto done = static_cast<std::ptrdiff_t>(write(entries));
    lock.lock();
    writing_ = 0;
    const auto rest = entries.begin() + done;
    if (rest == entries.end()) {
      if (dropped_ > 0) log_.warning("refused requests were left out of the audit log", {{"number", dropped_}});
      dropped_ = 0;
      continue;
    }
    if (stopping_) return;
    waiting_.insert(waiting_.begin(), std::move_iterator(rest), std::move_iterator(entries.end()));
  }
}

/// Gives how many of the first are done with.
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
