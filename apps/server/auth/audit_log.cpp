#include "auth/audit_log.hpp"

#include "auth/access.hpp"

#include <chrono>
#include <iterator>
#include <utility>

namespace activitytrack::server {
namespace {

constexpr std::chrono::milliseconds gathering{500};

bool is_noted(const Route& route, std::string_view method, int status) {
  if (status == 403) return route.access != Access::machine && route.access != Access::enrolment;
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
  if (request.principal.kind == Principal::Kind::nobody || request.principal.is_anyone) return;
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(audit_entry(request, clock_.now(), status));
  }
  changed_.notify_one();
}

bool AuditLog::is_full() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size() >= capacity_;
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
    lock.unlock();
    const bool written = write(entries);
    lock.lock();
    if (written) continue;
    if (stopping_) return;
    waiting_.insert(waiting_.begin(), std::move_iterator(entries.begin()), std::move_iterator(entries.end()));
  }
}

bool AuditLog::write(std::vector<AuditEntry>& entries) {
  const auto written = database_.transact([&] { return write_audit(database_, entries); });
  if (written) {
    failing_ = false;
  } else if (!std::exchange(failing_, true)) {
    log_.error("the audit log cannot be written; it will be tried again",
               {{"error", written.error().message}});
  }
  return static_cast<bool>(written);
}

}  // namespace activitytrack::server
