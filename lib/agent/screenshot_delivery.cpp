#include "agent/screenshot_delivery.hpp"

#include "agent/given_parts.hpp"
#include "seal/sodium.hpp"

#include <utility>
#include <vector>

namespace activitytrack {
namespace {

/// The buffer may list all that it has for each batch.
constexpr std::size_t screenshots_in_batch = 500;

/// So many in a row that a receiver does not take now: it may be all of them. The round ends, so that a
/// receiver that is set up wrongly is not sent every picture at every try.
constexpr int most_held_in_a_row = 10;

}  // namespace

ScreenshotDelivery::ScreenshotDelivery(std::shared_ptr<ScreenshotBuffer> buffer,
                                       std::shared_ptr<ScreenshotSender> sender, OpenMachineKey machine_key,
                                       std::chrono::seconds interval, NetworkWatch& network, Clock& clock, Log& log)
    : buffer_(std::move(buffer)),
      sender_(std::move(sender)),
      machine_key_(std::move(machine_key)),
      log_(log),
      record_("screenshots", clock, log),
      rounds_(
          "sending screenshots", [this] { return run(); }, [this] { sender_->cancel(); }, interval, network, log) {}

RoundEnd ScreenshotDelivery::run() {
  end_ = {};
  forbidden_.clear();
  taken_of_.clear();
  held_.reset();
  held_in_a_row_ = 0;
  no_key_.reset();
  // Those that a round before this one gave up are passed over until the others have had their turn.
  const std::string after = std::exchange(begin_after_, {});
  end_.all_done = for_each_pending([this](const Screenshot& shot) { return deliver(shot); }, after) &&
                  part_forbidden() && after.empty() && !held_;
  if (held_) failed(*held_);
  return end_;
}

/// False as soon as `act` or the buffer fails.
bool ScreenshotDelivery::for_each_pending(const std::function<bool(const Screenshot&)>& act, std::string after) {
  for (;;) {
    const Result<std::vector<Screenshot>> batch = buffer_->pending(screenshots_in_batch, after);
    if (!batch) return failed(batch.error());
    if (batch->empty()) return true;
    for (const Screenshot& shot : *batch) {
      if (!act(shot)) return false;
    }
    after = batch->back().id;
  }
}

bool ScreenshotDelivery::deliver(const Screenshot& shot) {
  const bool needs_key = shot.format == Screenshot::Format::jpeg;
  if (forbidden_.contains(shot.machine_id) || (needs_key && no_key_)) return true;
  Result<std::string> bytes = bytes_to_send(shot);
  if (needs_key && no_key_) {
    if (!held_) held_ = no_key_;
    return true;  // those that need no key go on
  }
  if (bytes) {
    const Wiped wiped(*bytes);
    return decide(shot, outcome_of_call([&] { return sender_->send(shot, *bytes); }));
  }
  switch (bytes.error().code) {
    case ErrorCode::not_found:  // the bounds of the buffer took it meanwhile
      return true;
    case ErrorCode::corrupt:
    case ErrorCode::permission:
    case ErrorCode::unauthorized:
    case ErrorCode::unsupported:
      return put_aside(shot, bytes.error().message, "a screenshot cannot be opened any more; it is put aside");
    default:
      return failed(bytes.error());
  }
}

/// As they travel: with a public key as they lie in the buffer, else opened.
Result<std::string> ScreenshotDelivery::bytes_to_send(const Screenshot& shot) {
  Result<std::string> kept = buffer_->read(shot);
  if (!kept || shot.format != Screenshot::Format::jpeg) return kept;
  const Result<MachineKey> key = caught("the function that gives the machine's key", machine_key_);
  // Without the key it stays closed; one that cannot be read just now is another matter.
  if (!key && key.error().code == ErrorCode::not_found) return Error{ErrorCode::unauthorized, key.error().message};
  if (!key) return no_key_.emplace(key.error());
  return open_sealed(*kept, *key);
}

bool ScreenshotDelivery::decide(const Screenshot& shot, const SendOutcome& outcome) {
  switch (outcome.status) {
    case SendOutcome::settled:
      if (!settle(shot, "")) return false;
      taken_of_.insert(shot.machine_id);
      held_in_a_row_ = 0;
      end_.progress = true;
      record_.sent(1, 0);
      return true;
    case SendOutcome::refused:
      if (!put_aside(shot, outcome.error.message, "a screenshot was refused; it is kept aside")) return false;
      end_.progress = true;
      record_.sent(1, 1);
      return true;
    case SendOutcome::forbidden:
      if (taken_of_.contains(shot.machine_id)) return hold(shot, outcome.error);
      forbidden_.emplace(shot.machine_id, outcome.error);
      return true;
    case SendOutcome::retry:
      if (outcome.others_may_pass) return hold(shot, outcome.error);
      break;
  }
  end_.retry_after = outcome.retry_after;
  return failed(outcome.error);
}

/// Keeps it, and goes on with the next one; false after too many in a row.
bool ScreenshotDelivery::hold(const Screenshot& shot, const Error& error) {
  if (!held_) held_ = error;
  if (++held_in_a_row_ < most_held_in_a_row) return true;
  begin_after_ = shot.id;
  return false;
}

/// A credential is good for one machine_id; the buffer may hold screenshots of an earlier one. If some of
/// others were taken in this round it will stay so. Else it may be the credential, or whatever stands before
/// the receiver.
bool ScreenshotDelivery::part_forbidden() {
  if (forbidden_.empty()) return true;
  if (taken_of_.empty()) return failed(forbidden_.begin()->second);
  return for_each_pending([this](const Screenshot& shot) {
    const auto found = forbidden_.find(shot.machine_id);
    return found == forbidden_.end() ||
           put_aside(shot, found->second.message, "a screenshot is of another machine_id; it is kept aside");
  });
}

bool ScreenshotDelivery::put_aside(const Screenshot& shot, std::string_view why, std::string_view message) {
  if (!settle(shot, why)) return false;
  log_.warning(message, {{"reason", why}});
  return true;
}

bool ScreenshotDelivery::settle(const Screenshot& shot, std::string_view rejection) {
  const Result<void> done = buffer_->settle(shot, rejection);
  return done ? true : failed(done.error());
}

bool ScreenshotDelivery::failed(const Error& error) {
  if (!rounds_.stopping()) record_.failed(error);  // else it was cancelled: nothing to report
  return false;
}

}  // namespace activitytrack
