#pragma once

#include <activitytrack/agent/delivery.hpp>
#include <activitytrack/buffer/buffer.hpp>
#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/seal/seal.hpp>
#include <activitytrack/sender/sender.hpp>

#include <chrono>
#include <functional>
#include <memory>

namespace activitytrack {

/// Moves screenshots from their buffer to a sender as Delivery does events, each at least once, one at a
/// time, on a thread of its own: they never hold up events. A round sends all that is pending, once each send
/// interval and not with each capture: one handshake carries several, and nobody who watches the network can
/// tell when one was taken. What this machine alone can open is opened in memory on its way. One that is
/// refused or damaged is put aside, and so are those of another machine_id once the receiver has taken
/// others; at anything else they are kept and tried again, and what the receiver answered for one of them
/// holds up no other.
class ScreenshotDelivery {
 public:
  /// Gives the key that screenshots without a public key were sealed with; asked when there is one, on the
  /// thread. `not_found`: it is gone for good, and they are put aside.
  using OpenMachineKey = std::function<Result<MachineKey>()>;

  /// Starts the thread. A first round begins at once if anything is pending. `clock` and `log` are borrowed.
  ScreenshotDelivery(std::shared_ptr<ScreenshotBuffer> buffer, std::shared_ptr<ScreenshotSender> sender,
                     OpenMachineKey machine_key, std::chrono::seconds interval, Clock& clock, Log& log);

  /// Cancels what is under way and joins the thread; what was not settled stays in the buffer.
  ~ScreenshotDelivery();

  /// As Delivery's.
  bool flush(std::chrono::milliseconds timeout);
  void set_interval(std::chrono::seconds interval);
  DeliveryStatus status() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace activitytrack
