#include "agent/intake.hpp"

namespace activitytrack {
namespace {

constexpr std::size_t most_waiting = 24 * 60;

}  // namespace

void Intake::put(Event event) {
  waiting_.push_back(std::move(event));
  while (!waiting_.empty()) {
    const Result<void> done = buffer_->append(waiting_.front());
    if (!done) {
      if (done.error().message != error_) {
        log_.error("cannot write to the buffer; events wait in memory",
                   {{"error", std::string_view(done.error().message)}});
      }
      error_ = done.error().message;
      break;
    }
    if (!error_.empty()) log_.info("the buffer takes events again", {{"waiting", waiting()}});
    error_.clear();
    ++stored_;
    waiting_.pop_front();
  }
  if (waiting_.size() > most_waiting) {
    log_.error("an event is lost: the buffer has not taken any for too long", {{"error", std::string_view(error_)}});
    waiting_.pop_front();
  }
}

}  // namespace activitytrack
