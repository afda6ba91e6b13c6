#include "agent/lock_watch.hpp"

namespace activitytrack {
namespace {

constexpr std::chrono::seconds between_looks{30};

}  // namespace

void LockWatch::look(Ticks now, Classifier& classifier) {
  if (!open_ || (!locked_ && now < next_)) return;
  const bool was_locked = std::exchange(locked_, is_locked());
  next_ = now + between_looks;
  if (locked_ || was_locked) classifier.session_locked(locked_, now);
}

void LockWatch::close(Ticks now, Classifier& classifier) {
  source_.reset();
  if (std::exchange(locked_, false)) classifier.session_locked(false, now);
}

/// A display that is lost is opened anew by the next look.
bool LockWatch::is_locked() {
  if (!source_) {
    auto opened = open_();
    if (!opened) return false;
    source_ = std::move(*opened);
  }
  const Result<bool> locked = source_->locked();
  if (!locked) source_.reset();
  return locked && *locked;
}

}  // namespace activitytrack
