#pragma once

#include "agents.hpp"
#include "pump.hpp"

namespace activitytrack::load {

enum class Mode { flat_out, rate, rhythm, catch_up, herd };

struct Options {
  Mode mode = Mode::flat_out;
  std::string mode_name;
  std::string server = "http://127.0.0.1:8100";
  Shape shape = Shape::agent;
  std::size_t machines = 2000;
  std::string prefix = "load";
  std::string auth_file;
  std::string record;
  bool json = false;
  PumpOptions pump;
  AgentsOptions agents;
};

/// nullopt: --help was asked for, and printed.
Result<std::optional<Options>> read_options(const std::vector<std::string>& arguments);

/// The machines of --auth-file, else PREFIX-00000 and so on.
Result<std::vector<MachineName>> machine_names(const Options& options);

}  // namespace activitytrack::load
