#pragma once

#include "settings.hpp"

#include <activitytrack/core/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::server {

constexpr std::string_view program_name = "activitytrack-server";

/// What the command line asks for.
struct Options {
  std::string print;  ///< --help or --version: a text to print, and nothing else to do
  ServerSettings settings;
};

/// Reads options, environment and file, each winning over the next. The error may have several lines, one for
/// each thing that is wrong.
Result<Options> read_options(const std::vector<std::string>& arguments);

}  // namespace activitytrack::server
