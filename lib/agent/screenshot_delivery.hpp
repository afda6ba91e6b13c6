#pragma once

#include "agent/rounds.hpp"

#include <activitytrack/buffer/buffer.hpp>
#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/seal/seal.hpp>
#include <activitytrack/sender/sender.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace activitytrack {

/// Moves screenshots from their buffer to a sender as Delivery does events, each at least once, one at a
/// time, on a thread of its own: they never hold up events. A round sends all that is pending, once each send
/// interval and not with each capture: one handshake carries several, and nobody who watches the network can
/// say when one was taken. What only this machine can open is opened in memory on its way. One that is
/// refused or damaged is put aside, and so are those of another machine_id once the receiver has taken
/// others; at anything else they are kept and tried again, and what the receiver answered for one of them
/// holds up no other.
class ScreenshotDelivery {
 public:
  /// Gives the key that screenshots without a public key were sealed with; asked when there is one, on the
  /// thread. `not_found`: it is gone for good, and they are put aside.
  using OpenMachineKey = std::function<Result<MachineKey>()>;

  /// Starts the thread. A first round begins within seconds. `network`, `clock` and `log` are borrowed.
  ScreenshotDelivery(std::shared_ptr<ScreenshotBuffer> buffer, std::shared_ptr<ScreenshotSender> sender,
                     OpenMachineKey machine_key, std::chrono::seconds interval, NetworkWatch& network, Clock& clock,
                     Log& log);

  // As Delivery's.
  bool flush(std::chrono::milliseconds timeout) { return rounds_.flush(timeout); }
  void send_soon() { rounds_.soon(); }
  void set_interval(std::chrono::seconds interval) { rounds_.set_interval(interval); }
  AgentStatus::Delivery status() const { return record_.status(); }

 private:
  RoundEnd run();
  bool for_each_pending(const std::function<bool(const Screenshot&)>& act, std::string after = {});
  bool deliver(const Screenshot& shot);
  Result<std::string> bytes_to_send(const Screenshot& shot);
  bool decide(const Screenshot& shot, const SendOutcome& outcome);
  bool hold(const Screenshot& shot, const Error& error);
  bool part_forbidden();
  bool put_aside(const Screenshot& shot, std::string_view why, std::string_view message);
  bool settle(const Screenshot& shot, std::string_view rejection);
  bool failed(const Error& error);

  const std::shared_ptr<ScreenshotBuffer> buffer_;
  const std::shared_ptr<ScreenshotSender> sender_;
  const OpenMachineKey machine_key_;
  Log& log_;
  DeliveryRecord record_;

  // Of the thread only, in one round.
  RoundEnd end_;
  std::map<std::string, Error> forbidden_;  // by machine
  std::set<std::string> taken_of_;          // machines
  std::optional<Error> held_;               // why the first of those was that stay, and the others went on
  int held_in_a_row_ = 0;
  std::optional<Error> no_key_;  // why the machine's key cannot be had just now; asked once in a round

  std::string begin_after_;  // of the thread only: the id with which a round ended that held too many

  Rounds rounds_;  // last: its thread uses the others
};

}  // namespace activitytrack
