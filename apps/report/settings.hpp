#pragma once

#include "common/commands.hpp"
#include "config/setting.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::report {

constexpr std::string_view program_name = "activitytrack-report";

/// The reporter's settings, with their defaults; help for each is in report_settings_table().
struct ReportSettings {
  std::string server = "http://127.0.0.1:8100";
  std::string token = {};
  std::string ca_file = {};
  std::string buffer = {};
  std::string s3 = {};
  std::string s3_endpoint = {};
  std::string s3_region = "us-east-1";
  bool s3_path_style = false;
  std::string s3_profile = {};
  std::string machine = {};
  std::string date = {};
  std::string from = {};
  std::string to = {};
  std::string tz = {};
  std::string format = {};  ///< empty: table, and csv for export
  std::string csv = "escaped";
  std::string output = {};
  std::string key = {};  ///< file of a private key; empty: the user's own
  std::string color = "auto";
  std::string log_level = "info";
  std::string log_format = "text";
};

std::span<const Setting<ReportSettings>> report_settings_table();

/// With its commands and settings: what the command line is read and help is made from.
program::Program this_program();

/// What the command line asked for.
struct Invocation {
  std::string command;
  ReportSettings settings;
  std::string answer;                   ///< not empty: print this and be done (--help, --version)
  std::vector<std::string> files = {};  ///< of a command on files
};

/// Reads the command line, the environment and the configuration file. invalid_input for wrong usage; the
/// message has one line for each fault.
Result<Invocation> read_invocation(const std::vector<std::string>& arguments);

}  // namespace activitytrack::report
