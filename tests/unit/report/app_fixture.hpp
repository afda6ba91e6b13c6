#pragma once

#include "command.hpp"
#include "core/event_batch.hpp"
#include "samples.hpp"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string>

namespace activitytrack::testing {

/// It is always the same moment: 16 January 2024, 13:00 in Berlin.
class StoppedClock final : public Clock {
 public:
  ClockReading read() const noexcept override {
    return {std::chrono::sys_days(std::chrono::year(2024) / 1 / 16) + std::chrono::hours(12), {}};
  }
};

inline std::string golden_path(const std::string& name) {
  const char* folder = std::getenv("GOLDEN_REPORT_DIR");
  if (!folder) throw std::runtime_error("GOLDEN_REPORT_DIR must name tests/golden/report");
  return std::string(folder) + "/" + name;
}

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::vector<Event> golden_events() { return decode_batch(read_file(golden_path("events.json")))->events; }

inline std::unique_ptr<report::Source> buffer_of(const std::vector<Event>& events) {
  static StoppedClock clock;
  auto buffer = make_memory_buffer(clock);
  for (const Event& event : events) buffer->append(event).value();
  return report::make_buffer_source(std::move(buffer));
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

struct Ran {
  int status = 0;
  std::string out, err;
};

inline Ran run(report::Source& source, const std::string& command, report::ReportSettings settings,
               report::Look look = {}) {
  StoppedClock clock;
  std::ostringstream out, err;
  const int status = report::run_command({command, std::move(settings), {}}, source, clock, look, out, err);
  return {status, out.str(), err.str()};
}

}  // namespace activitytrack::testing
