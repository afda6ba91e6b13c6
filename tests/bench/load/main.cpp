#include "common/program.hpp"
#include "figures.hpp"
#include "options.hpp"

#include <csignal>

using namespace activitytrack;
using namespace activitytrack::load;

namespace {

using enum program::ExitCode;

constexpr const char* name = "activitytrack-load";

int complain(const Error& error, program::ExitCode code) { return program::complain(name, error.message, code); }

/// False if agents could not deliver all they had.
bool drive(Courier& courier, const Options& options) {
  if (options.mode == Mode::flat_out || options.mode == Mode::rate) {
    Pump(courier, options.pump).run();
    return true;
  }
  return Agents(courier, options.agents).run();
}

int run(const std::vector<std::string>& arguments) {
  const auto read = read_options(arguments);
  if (!read) return complain(read.error(), exit_usage);
  if (!*read) return exit_done;
  const Options& options = **read;
  const auto target = make_target(options.server);
  if (!target) return complain(target.error(), exit_usage);
  const auto machines = machine_names(options);
  if (!machines) return complain(machines.error(), exit_usage);

  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { interrupted = 1; });
  Courier courier(*target, *machines, options.shape);
  const bool delivered = drive(courier, options);
  const Figures& figures = courier.figures();
  if (!options.record.empty()) {
    std::vector<std::string> ids;
    for (const MachineName& machine : *machines) ids.push_back(machine.id);
    if (auto written = courier.ledger().write(options.record, ids); !written)
      return complain(written.error(), exit_failed);
  }
  program::print(options.json ? figures_json(options.mode_name, figures) : figures_text(options.mode_name, figures));
  if (figures.unaccounted > 0)
    return program::complain(name, "the server's answers do not account for all events", exit_failed);
  if (!delivered) return program::complain(name, "not all was delivered in time", exit_failed);
  return exit_done;
}

}  // namespace

int main(int count, char** values) { return program::run_main(name, count, values, run); }
