#include "agent/lock_watch.hpp"

#include "agent/given_parts.hpp"

#include <utility>

namespace activitytrack {
namespace {

constexpr std::chrono::seconds between_looks{30};

}  // namespace

void LockWatch::look(Ticks now, Classifier& classifier) {
  if (!open_ || (!locked_ && now < next_)) return;
  const Result<bool> answer = caught("the lock source", [this] { return ask(); });
  if (!answer) source_.reset();  // one that is lost is opened anew by the next look
  const bool was_locked = std::exchange(locked_, answer && *answer);
  next_ = now + between_looks;
  if (locked_ || was_locked) classifier.session_locked(locked_, now);
}

void LockWatch::close(Ticks now, Classifier& classifier) {
  source_.reset();
  if (std::exchange(locked_, false)) classifier.session_locked(false, now);
}

Result<bool> LockWatch::ask() {
  if (!source_) {
    auto opened = open_();
    if (!opened) return opened.error();
    source_ = std::move(*opened);
  }
  return source_ ? source_->locked() : false;
}

}  // namespace activitytrack
