#pragma once

#include "common/command_line.hpp"
#include "server/serve/settings.hpp"

#include <activitytrack/core/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace activitytrack::server {

constexpr std::string_view program_name = "activitytrack-server";

struct Command;

/// What the command line asks for.
struct Options {
  std::string print;  ///< --help or --version: a text to print, and nothing else to do
  ServerSettings settings;
  const Command* command = nullptr;      ///< of the table in commands.cpp
  std::vector<std::string> arguments{};  ///< the words after it
  program::CommandLine line{};
  std::vector<std::string> all{};  ///< what was read, to be read again
};

/// The options that are no settings, and only for those commands that name them.
std::span<const program::Option> command_options();

/// Reads options, environment and file, each winning over the next. The error may have several lines, one for
/// each thing that is wrong.
Result<Options> read_options(const std::vector<std::string>& arguments);

}  // namespace activitytrack::server
