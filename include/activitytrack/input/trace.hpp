#pragma once

#include <activitytrack/input/input_source.hpp>

#include <filesystem>
#include <string_view>

namespace activitytrack {

/// A recorded session, as samples on a tick clock that starts at 0. Format: CSV with the header
/// `t_us,kind,a,b`, optionally gzipped; see docs/trace-format.md. Rows are kept in memory.
struct Trace {
  std::vector<InputSample> samples;
};

/// Reads a trace from text. The error names the line and what is wrong with it.
Result<Trace> parse_trace(std::string_view csv);

/// Reads a trace file; gzip is recognized by its content, not its name. At most 1 GiB unpacked.
Result<Trace> read_trace(const std::filesystem::path& path);

/// A trace as an InputSource: `drain` returns the samples whose time, counted from `start`, has come.
/// It has no descriptor: the one who replays moves the clock.
std::unique_ptr<InputSource> make_replay_source(Trace trace, Ticks start);

}  // namespace activitytrack
