#pragma once

#include "archive/event_files.hpp"

#include <activitytrack/buffer/buffer.hpp>
#include <activitytrack/core/event.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>
#include <activitytrack/report/summary.hpp>
#include <activitytrack/seal/seal.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace activitytrack::report {

struct Machine {
  std::string machine_id;
  std::string label;     ///< what people call it; may be empty
  std::string timezone;  ///< of its latest event; may be empty
  std::optional<Time> first_seen;
  std::optional<Time> last_seen;
  std::int64_t rejected_events = 0;   ///< that its server refused, as far as the source knows
  std::string latest_rejection = {};  ///< of these, "timestamp must be ..."; may be empty
};

/// The machines, and the API's own answer that names them.
struct Machines {
  std::vector<Machine> list;
  std::string json;
  std::string why_none = {};  ///< of an empty list, for a person, where the source knows
};

/// Days from `first` to `last`, both included.
struct Dates {
  Date first, last;

  bool one() const { return first == last; }
};

/// Days of a machine. On the machine's own clock an event belongs to the date that clock showed.
struct MachineDays {
  Machine machine;
  Dates dates;
  std::string zone;  ///< "" for the machine's own clock
};

/// What of each day is wanted: a server is asked for no more than that.
enum class Want {
  summaries,  ///< all but its hours, and as JSON the API's summary
  timelines,  ///< all but its range and totals, and as JSON the API's timeline
  totals,     ///< date and totals; of the last day the time zone too
  hours,      ///< the same, and the time zone and hours of each day
};

struct Day {
  DayReport report;
  std::string json;
};

/// Called with events in order of time; an error ends the reading and is handed on.
using EventSink = std::function<Result<void>(const Event&)>;

/// Where the events are: a server, this machine's buffer, or a bucket. Not thread-safe.
class Source {
 public:
  virtual ~Source() = default;

  virtual Result<Machines> machines() = 0;

  /// Each of the days, in order; at least one.
  virtual Result<std::vector<Day>> days(const MachineDays& asked, Want want) = 0;

  /// What the days add up to, with all applications.
  virtual Result<Totals> sum(const MachineDays& asked) = 0;

  /// All of the machine's events in `range`, in bounded memory.
  virtual Result<void> events(const Machine& machine, TimeRange range, const EventSink& sink) = 0;
};

/// The events of the days, in order of time, in bounded memory.
Result<void> each_event(Source& source, const MachineDays& asked, const EventSink& sink);

/// A source that has only events: what they add up to is as the API would have it.
class EventSource : public Source {
 public:
  Result<std::vector<Day>> days(const MachineDays& asked, Want want) override;
  Result<Totals> sum(const MachineDays& asked) override;

 protected:
  /// Machines::json of machines that have a first and a last event.
  static std::string encode_machines(const std::vector<Machine>& list);
};

/// Sends a GET for a path with query, and returns the body of the answer 200; any other is an error for a person.
using Fetch = std::function<Result<std::string>(const std::string& path)>;

std::unique_ptr<Source> make_api_source(Fetch fetch);

/// A Fetch by HTTP, which notes each request in the log (debug). invalid_input for a URL that is none.
/// `ca_file`: "" for the system's authorities.
Result<Fetch> make_http_fetch(const std::string& server, const std::string& token, const std::string& ca_file,
                              Log& log);

std::unique_ptr<Source> make_buffer_source(std::unique_ptr<Buffer> buffer);

/// What agents uploaded, each event once. `key` opens what is sealed. The clock is borrowed.
std::unique_ptr<Source> make_archive_source(std::unique_ptr<EventFiles> files, std::optional<PrivateKey> key,
                                            Clock& clock);

}  // namespace activitytrack::report
