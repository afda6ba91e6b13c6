#include <activitytrack/agent/screenshot_delivery.hpp>

#include "agent/delivery_record.hpp"
#include "agent/rounds.hpp"
#include "agent/wiped.hpp"

#include <map>
#include <optional>
#include <set>
#include <utility>

namespace activitytrack {
namespace {

/// The buffer may list all that it has for each batch.
constexpr std::size_t batch_size = 500;

/// So many in a row that a receiver does not take now: it may be all of them. The round ends, so that a
/// receiver that is set up wrongly is not sent every picture at every try.
constexpr int most_held_in_a_row = 10;

}  // namespace

struct ScreenshotDelivery::State {
  std::shared_ptr<ScreenshotBuffer> buffer;
  std::shared_ptr<ScreenshotSender> sender;
  OpenMachineKey machine_key;
  Log& log;
  DeliveryRecord record;

  // Of the thread alone, in one round.
  RoundEnd end;
  std::map<std::string, Error> forbidden;  // by machine
  std::set<std::string> taken_of;          // machines
  std::optional<Error> held;               // why the first of those was that stay, and the others went on
  int held_in_a_row = 0;

  std::string begin_after;  // of the thread alone: the id with which a round ended that held too many

  Rounds rounds;  // last: its thread uses the others

  State(std::shared_ptr<ScreenshotBuffer> b, std::shared_ptr<ScreenshotSender> s, OpenMachineKey key,
        std::chrono::seconds interval, Clock& c, Log& l)
      : buffer(std::move(b)),
        sender(std::move(s)),
        machine_key(std::move(key)),
        log(l),
        record("screenshots", c, l),
        rounds([this] { return run(); }, [this] { sender->cancel(); }, interval) {}

  RoundEnd run() {
    end = {};
    forbidden.clear();
    taken_of.clear();
    held.reset();
    held_in_a_row = 0;
    // Those that a round before this one gave up are passed over until the others have had their turn.
    const std::string after = std::exchange(begin_after, {});
    end.all_done = for_each_pending([this](const Screenshot& shot) { return deliver(shot); }, after) &&
                   part_forbidden() && after.empty() && !held;
    if (held) failed(*held);
    return end;
  }

  /// False as soon as `act` or the buffer fails.
  bool for_each_pending(const std::function<bool(const Screenshot&)>& act, std::string after = {}) {
    for (;;) {
      const Result<std::vector<Screenshot>> batch = buffer->pending(batch_size, after);
      if (!batch) return failed(batch.error());
      if (batch->empty()) return true;
      for (const Screenshot& shot : *batch) {
        if (!act(shot)) return false;
      }
      after = batch->back().id;
    }
  }

  bool deliver(const Screenshot& shot) {
    if (forbidden.count(shot.machine_id) > 0) return true;
    Result<std::string> bytes = bytes_to_send(shot);
    if (bytes) {
      const Wiped wiped(*bytes);
      return decide(shot, sender->send(shot, *bytes));
    }
    switch (bytes.error().code) {
      case ErrorCode::not_found:  // the bounds of the buffer took it meanwhile
        return true;
      case ErrorCode::corrupt:
      case ErrorCode::permission:
      case ErrorCode::unsupported:
        return put_aside(shot, bytes.error().message, "a screenshot cannot be opened any more; it is put aside");
      default:
        return failed(bytes.error());
    }
  }

  /// As they travel: with a public key as they lie in the buffer, else opened.
  Result<std::string> bytes_to_send(const Screenshot& shot) {
    Result<std::string> kept = buffer->read(shot);
    if (!kept || shot.format != ScreenshotFormat::jpeg) return kept;
    const Result<MachineKey> key = machine_key();
    // Without the key it stays closed; one that cannot be read just now is another matter.
    if (!key && key.error().code == ErrorCode::not_found) return Error{ErrorCode::permission, key.error().message};
    if (!key) return Error{ErrorCode::io, key.error().message};
    return open_sealed(*kept, *key);
  }

  bool decide(const Screenshot& shot, const ScreenshotOutcome& outcome) {
    switch (outcome.status) {
      case SendStatus::settled:
        if (!settle(shot, "")) return false;
        taken_of.insert(shot.machine_id);
        held_in_a_row = 0;
        end.progress = true;
        record.sent(1, 0);
        return true;
      case SendStatus::refused:
        if (!put_aside(shot, outcome.error.message, "a screenshot was refused; it is kept aside")) return false;
        end.progress = true;
        record.sent(1, 1);
        return true;
      case SendStatus::forbidden:
        if (taken_of.contains(shot.machine_id)) return hold(shot, outcome.error);
        forbidden.emplace(shot.machine_id, outcome.error);
        return true;
      case SendStatus::retry:
        if (outcome.others_may_pass) return hold(shot, outcome.error);
        break;
    }
    end.retry_after = outcome.retry_after;
    return failed(outcome.error);
  }

  /// Keeps it, and goes on with the next one; false after too many in a row.
  bool hold(const Screenshot& shot, const Error& error) {
    if (!held) held = error;
    if (++held_in_a_row < most_held_in_a_row) return true;
    begin_after = shot.id;
    return false;
  }

  /// A credential is good for one machine_id; the buffer may hold screenshots of an earlier one. If some of
  /// others were taken in this round it will stay so. Else it may be the credential,
  /// or whatever stands before the receiver.
  bool part_forbidden() {
    if (forbidden.empty()) return true;
    if (taken_of.empty()) return failed(forbidden.begin()->second);
    return for_each_pending([this](const Screenshot& shot) {
      const auto found = forbidden.find(shot.machine_id);
      return found == forbidden.end() ||
             put_aside(shot, found->second.message, "a screenshot is of another machine_id; it is kept aside");
    });
  }

  bool put_aside(const Screenshot& shot, std::string_view why, std::string_view message) {
    if (!settle(shot, why)) return false;
    log.warning(message, {{"reason", why}});
    return true;
  }

  bool settle(const Screenshot& shot, std::string_view rejection) {
    const Result<void> done = buffer->settle(shot, rejection);
    return done ? true : failed(done.error());
  }

  bool failed(const Error& error) {
    if (!rounds.stopping()) record.failed(error);  // else it was cancelled: nothing to report
    return false;
  }
};

ScreenshotDelivery::ScreenshotDelivery(std::shared_ptr<ScreenshotBuffer> buffer,
                                       std::shared_ptr<ScreenshotSender> sender, OpenMachineKey machine_key,
                                       std::chrono::seconds interval, Clock& clock, Log& log)
    : state_(std::make_unique<State>(std::move(buffer), std::move(sender), std::move(machine_key), interval, clock,
                                     log)) {}

ScreenshotDelivery::~ScreenshotDelivery() = default;

bool ScreenshotDelivery::flush(std::chrono::milliseconds timeout) { return state_->rounds.flush(timeout); }

void ScreenshotDelivery::set_interval(std::chrono::seconds interval) { state_->rounds.set_interval(interval); }

DeliveryStatus ScreenshotDelivery::status() const { return state_->record.status(); }

}  // namespace activitytrack
