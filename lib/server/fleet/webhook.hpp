#pragma once

#include "core/backoff.hpp"
#include "core/worker.hpp"
#include "net/http_client.hpp"
#include "server/fleet/attention.hpp"
#include "server/fleet/fleet_rows.hpp"
#include "server/fleet/webhook_settings.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace activitytrack::server {

/// Tells another service what needs attention, as it begins and as it ends. Looks each minute, on one server of a
/// database at a time, and POSTs what differs from what it last got through: nothing waits but that, so an outage of
/// any length, or a restart, leaves one message, and what began and ended meanwhile is not told. After a failure it
/// tries again, later each time. Redirects are not followed, and of the answer only its status is looked at. Callable
/// from any thread.
class Webhook {
 public:
  /// All are borrowed.
  struct Parts {
    StoreReader& reader;
    FleetSources sources;
    Clock& clock;
    Log& log;
    bool private_allowed = false;  ///< may ask addresses of private networks
  };
  explicit Webhook(Parts parts);
  ~Webhook() { stop(); }

  /// Begins to look by itself. Without, only look() and test() do anything.
  void start();

  bool private_allowed() const { return parts_.private_allowed; }

  /// Sends one that only says that it is a test; the status of the answer. not_found: there is no webhook.
  Result<int> test();

  /// Sends what is new, if it is this server's turn. Of one thread at a time.
  Result<void> look();

  /// Lets another server have the turn.
  void give_up_turn();

  /// What is wanted of it has changed.
  void look_soon();

  /// Ends what is under way.
  void stop();

 private:
  using Told = std::map<std::string, std::set<std::string>, std::less<>>;  ///< machines, by cause

  bool step(Worker::Lock& lock);
  Result<bool> take_turn(Time now);
  Result<Told> told();
  Result<std::vector<Attention>> present(const std::vector<std::string>& causes, Time now);
  Result<int> post(const WebhookSettings& settings, const std::string& body, Time now);

  const Parts parts_;
  const std::int64_t name_;  ///< of this server
  std::mutex client_mutex_;
  HttpClient client_;
  Backoff backoff_;  ///< only the thread uses it and what follows
  bool failing_ = false, has_turn_ = false;
  bool soon_ = false;  ///< with the worker's mutex
  Worker worker_;
};

}  // namespace activitytrack::server
