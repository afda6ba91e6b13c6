#pragma once

#include "server/accounts/access.hpp"
#include "server/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): one ring of them, which each who
// watches reads at their own pace.

namespace activitytrack::server {

class LiveStream;

/// The latest events, numbered, and those who watch. Callable from any thread.
class LiveChannel {
 public:
  LiveChannel(std::size_t most_events, std::size_t most_streams);

  /// Adds an event about a machine; "": about none, for all. `data`: JSON. Who watches is told by ring().
  void tell(std::string_view machine_id, std::string_view event, std::string_view data);
  void ring();

  /// Ends all streams; no more are opened.
  void close();

  std::shared_ptr<LiveStream> open(std::shared_ptr<LiveStream> stream, std::string_view last_event_id);
  std::vector<std::shared_ptr<LiveStream>> streams() const;
  bool is_watched() const;

 private:
  friend class LiveStream;

  struct Entry {
    std::string machine_id, text;
    bool is_call;  ///< says only that all is to be asked anew: once is as good as often
  };

  std::uint64_t end() const { return first_ + ring_.size(); }
  std::string id_of(std::uint64_t number) const { return run_ + '-' + std::to_string(number); }
  std::optional<std::uint64_t> number_after(std::string_view last_event_id) const;

  const std::size_t most_events_, most_streams_;
  const std::string run_;  ///< of this server: numbers of another run mean nothing here
  mutable std::mutex mutex_;
  std::deque<Entry> ring_;
  std::uint64_t first_ = 1;
  std::set<LiveStream*> streams_;
  bool closed_ = false;
};

/// What one watches. Who reads too slowly, or comes back too late, has missed something: they are told by `reset`.
class LiveStream : public LiveSource, public std::enable_shared_from_this<LiveStream> {
 public:
  /// Which machines somebody wants to hear of, of those that they may see.
  struct Filter {
    std::optional<std::set<std::string, std::less<>>> machines{};  ///< nullopt: all
    std::function<bool(std::string_view machine_id)> also{};       ///< asked of each event; null: nothing
  };

  LiveStream(LiveChannel& channel, Principal who, Filter filter);
  ~LiveStream() override;

  void begin(std::function<void()> ring) override;
  std::optional<std::string> take() override;
  std::string_view ping() const override { return ": ping\n\n"; }

  /// Who watches, as last looked at.
  Principal who() const;
  void set_who(Principal who);

  /// Their access was taken away.
  void end();

 private:
  friend class LiveChannel;

  bool shows(const LiveChannel::Entry& entry) const;

  LiveChannel& channel_;  // whose mutex guards all that follows
  Principal who_;
  const Filter filter_;
  std::function<void()> ring_;
  std::string first_words_;
  std::uint64_t next_ = 0;
  bool ended_ = false;
};

}  // namespace activitytrack::server
