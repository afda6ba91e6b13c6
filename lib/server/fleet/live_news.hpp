#pragma once

#include "core/worker.hpp"
#include "server/accounts/access.hpp"
#include "server/fleet/fleet_rows.hpp"
#include "server/fleet/live_stream.hpp"
#include "server/fleet/news_wire.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace activitytrack::server {

/// What happens to machines, told to those who watch within a second: machines that were heard of, on this server or
/// another of its database, and changes of their configuration. One thread gathers what comes for a quarter of a
/// second, reads each machine once, and tells what differs from what it told last; a machine at most once a second.
/// Each half minute it looks at all machines, since some changes are only time passing (offline), and what another
/// server told may have been lost. Where nobody watches it reads nothing. Callable from any thread.
class LiveNews {
 public:
  /// All are borrowed but the wire, which is null where no other server has the database.
  struct Parts {
    StoreReader& reader;
    FleetSources sources;
    std::unique_ptr<NewsWire> wire;
    Clock& clock;
    Log& log;
    std::size_t most_streams = 2'000;
  };
  explicit LiveNews(Parts parts);
  ~LiveNews() { stop(); }

  /// Something of these machines was stored.
  void note_heard_of(std::span<const std::string> machine_ids);

  /// An agent said something new of its configuration.
  void note_said(const std::string& machine_id);

  /// People, their rights or their sign-ins changed: who watches is looked at again.
  void note_accounts();

  /// Tells all who watch, whichever machines they see: of a rollout, say.
  void tell_all(std::string_view event, std::string_view data) { channel_.tell("", event, data); }

  /// What somebody watches; null if too many do.
  std::shared_ptr<LiveStream> open(Principal who, LiveStream::Filter filter, std::string_view last_event_id);

  /// Ends all streams and the thread.
  void stop();

 private:
  using Instant = std::chrono::steady_clock::time_point;

  /// What is to be looked at.
  struct Noted {
    std::set<std::string, std::less<>> heard{}, said{};
    bool accounts = false;

    bool empty() const { return heard.empty() && said.empty() && !accounts; }
  };

  /// What was last told of a machine.
  struct Told {
    std::string machine, configuration, causes;
    ConfigurationStanding standing{};
    Instant at{};
  };

  bool step(Worker::Lock& lock);
  bool is_needed() const;
  void exchange_with_others(Noted& noted, bool listens);
  void look(Noted noted);
  Noted later(Noted& noted, Instant now) const;
  void look_at_all(const Noted* first);
  void look_at(const std::string& machine_id, bool has_said);
  void compare(FleetRow row, bool silent);
  void look_at_watchers();
  void note_failure(const Error& error);

  Parts parts_;
  LiveChannel channel_;
  std::atomic<bool> looks_{false};                 ///< told_ is what there was at the last look
  std::map<std::string, Told, std::less<>> told_;  ///< only the thread uses this and what follows
  std::int64_t layers_change_ = -1;
  Instant looks_until_{}, all_due_{}, watchers_due_{};
  bool failing_ = false;
  Noted noted_;
  Worker worker_;
};

}  // namespace activitytrack::server
