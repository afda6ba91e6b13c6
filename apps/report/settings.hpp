#pragma once

#include <activitytrack/config/setting.hpp>

#include <span>
#include <string>

namespace activitytrack::report {

/// The reporter's settings, with their defaults; help for each is in report_settings_table().
struct ReportSettings {
  std::string server = "http://127.0.0.1:8100";
  std::string token = {};
  std::string ca_file = {};
  std::string buffer = {};
  std::string machine = {};
  std::string date = {};
  std::string from = {};
  std::string to = {};
  std::string tz = {};
  std::string format = {};  ///< empty: table, and csv for export
  std::string output = {};
  std::string color = "auto";
};

std::span<const Setting<ReportSettings>> report_settings_table();

/// What the command line asked for.
struct Invocation {
  std::string command;
  ReportSettings settings;
  std::string answer;  ///< not empty: print this and be done (--help, --version)
};

/// Reads the command line, the environment and the configuration file. invalid_input for wrong usage; the
/// message has one line for each fault.
Result<Invocation> read_invocation(int argc, const char* const* argv);

}  // namespace activitytrack::report
