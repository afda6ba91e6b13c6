#pragma once

#include "core/file.hpp"
#include "core/worker.hpp"

#include <activitytrack/core/clock.hpp>
#include <activitytrack/core/log.hpp>
#include <activitytrack/core/result.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace activitytrack::server {

/// What is written of an answer. The texts are as they came; what of them cannot stand in a line is escaped there.
struct AccessEntry {
  Time at{};
  std::string client{};
  std::string user{};  ///< the person or the machine; "" if nobody is known
  std::string method{};
  std::string path{};  ///< without the query, which may hold secrets
  unsigned version = 11;
  int status = 0;
  std::uint64_t bytes = 0;  ///< of the body, as far as they were sent
  std::string referer{};    ///< without a query, too
  std::string user_agent{};
  std::string request_id{};
  std::chrono::microseconds took{};  ///< from the request's first byte until its answer was sent
};

/// The entry without a line break, in the combined format of Apache and nginx with the request's id and its
/// microseconds behind it, or as an object of JSON.
std::string combined_line(const AccessEntry& entry);
std::string json_line(const AccessEntry& entry);

/// A path, or a Referer, up to its query.
std::string_view without_query(std::string_view target) noexcept;

/// A line for each answer, in a file or on standard output, written by a thread of its own: a slow disk delays nobody,
/// and where it is much too slow lines are left out, and that is logged.
class AccessLog {
 public:
  enum class Format { combined, json };

  /// Appends to the file, which is made for its owner and group alone, or to standard output ("-"). The log is
  /// borrowed.
  static Result<std::shared_ptr<AccessLog>> open(const std::string& place, Format format, Log& log);

  /// Writes what waits.
  ~AccessLog() { worker_.stop(); }

  /// From any thread; never waits, and drops the line where too many wait.
  void note(const AccessEntry& entry) noexcept;

  /// Opens the file anew, soon: after logrotate has moved it away. If that fails it is logged, and the old one stays.
  void reopen();

 private:
  AccessLog(std::string place, Format format, UniqueFd file, Log& log);
  bool write_some(Worker::Lock& lock);
  void open_again();
  void write_all(std::string_view lines);

  const std::string place_;
  const Format format_;
  Log& log_;
  UniqueFd file_;         ///< the worker's
  bool failing_ = false;  ///< the worker's: the last lines could not be written
  std::string pending_;   ///< these three are guarded by the worker's mutex
  std::uint64_t dropped_ = 0;
  bool reopening_ = false;
  Worker worker_;
};

}  // namespace activitytrack::server
