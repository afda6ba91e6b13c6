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
};

/// The machines, and the API's own answer that tells of them.
struct Machines {
  std::vector<Machine> list;
  std::string json;
};

/// A day, and the API's own answers.
struct Day {
  DayReport report;
  std::string summary_json;
  std::string timeline_json;
};

/// Called with events in order of time; an error ends the reading and is handed on.
using EventSink = std::function<Result<void>(const Event&)>;

/// Where the events are: a server, this machine's buffer, or a bucket. Not thread-safe.
class Source {
 public:
  virtual ~Source() = default;

  virtual Result<Machines> machines() = 0;

  /// `zone`: "" for the machine's own clock.
  virtual Result<Day> day(const Machine& machine, Date date, const std::string& zone) = 0;

  /// All of the machine's events in `range`, in bounded memory.
  virtual Result<void> events(const Machine& machine, TimeRange range, const EventSink& sink) = 0;
};

/// Sends a GET for a path with query, and gives the body of the answer 200; any other is an error for a
/// person.
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
