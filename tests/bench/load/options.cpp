#include "options.hpp"

#include "common/command_line.hpp"
#include "common/help.hpp"
#include "common/program.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>

namespace activitytrack::load {
namespace {

using program::CommandLine;
using program::Option;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr const char* program_name = "activitytrack-load";

constexpr std::array<std::pair<const char*, const char*>, 5> modes{{
    {"flat-out", "C connections send as fast as they are answered, through all machines in turn."},
    {"rate", "The same at --rate events a second; latencies count from the moment a request was due."},
    {"rhythm", "Each machine sends what it collected every --period, evenly spread."},
    {"catch-up", "Each machine has a --backlog from an outage and sends it in batches of --most."},
    {"herd", "All machines send at the same moment every --period, on connections that stay open."},
}};

const std::vector<Option> table{
    {"server", "URL", "Where events go; https is not verified. [http://127.0.0.1:8100]"},
    {"machines", "N", "Simulated machines. [2000]"},
    {"prefix", "TEXT", "What their ids begin with. [load]"},
    {"auth-file", "FILE", "Lines of MACHINE_ID CREDENTIAL, instead of --machines and --prefix."},
    {"shape", "WORD", "agent: events with all that agents send; peer: the usual twelve fields. [agent]"},
    {"first", "N", "Number of each machine's first event: its minute since 2024-01-15T00:00:00Z. [0]"},
    {"seconds", "SEC", "How long. [5]"},
    {"timeout", "SEC", "A request without an answer for so long is lost. [60]"},
    {"record", "FILE", "Keeps the fate of each event in a file, for verify.py."},
    {"json", "", "Prints the figures as JSON."},
    {"connections", "C", "At a time. [64]", "flat-out and rate"},
    {"events", "E", "In a request; of rhythm, catch-up and herd: in a period. [5]", "flat-out and rate"},
    {"total", "N", "Ends after so many events, too.", "flat-out and rate"},
    {"rate", "N", "Events a second. [10000]", "flat-out and rate"},
    {"retry-wait", "MS", "Before a request that failed is sent again. [100]", "flat-out and rate"},
    {"abandon", "", "Does not send again what failed.", "flat-out and rate"},
    {"period", "SEC", "Between a machine's sends. [300]", "rhythm, catch-up and herd"},
    {"speed", "X", "Periods and waits pass so many times faster. [1]", "rhythm, catch-up and herd"},
    {"backlog", "N", "Events of each machine at the start. [0; 2000 to catch up]", "rhythm, catch-up and herd"},
    {"most", "N", "Greatest number of events in a request. [500]", "rhythm, catch-up and herd"},
    {"spread", "SEC", "Time that the first sends fall into. [a period; 0 in a herd]", "rhythm, catch-up and herd"},
    {"patience", "SEC", "How long to go on delivering after --seconds. [60]", "rhythm, catch-up and herd"},
    {"keep-alive", "", "Connections stay open between sends.", "rhythm, catch-up and herd"},
    {"help", "", "Shows this."},
};

std::string help() {
  program::HelpPage page(program::output_columns());
  page.paragraph("Usage: activitytrack-load MODE [OPTION...]");
  page.paragraph("Sends events to a server as thousands of agents would, and tells what became of them.");
  page.heading("Modes");
  for (const auto& [mode, about] : modes) page.entry(mode, about);
  page.options(table);
  page.paragraph("SIGINT and SIGTERM end a run early, with its figures and its record.");
  return page.text();
}

/// Reads numbers, and keeps the first complaint.
class Numbers {
 public:
  explicit Numbers(const CommandLine& line) : line_(line) {}

  double real(std::string_view option, std::string_view otherwise) {
    const std::string text = line_.get(option, otherwise);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && std::isfinite(value) && value >= 0) return value;
    if (complaint_.empty()) complaint_ = "--" + std::string(option) + " must be a number from 0: \"" + text + "\"";
    return 0;
  }
  std::uint64_t whole(std::string_view option, std::string_view otherwise) {
    return static_cast<std::uint64_t>(real(option, otherwise));
  }
  nanoseconds time(std::string_view option, std::string_view otherwise, double speed = 1) {
    return nanoseconds(static_cast<std::int64_t>(real(option, otherwise) / speed * 1e9));
  }
  const std::string& complaint() const { return complaint_; }

 private:
  const CommandLine& line_;
  std::string complaint_;
};

PumpOptions pump_options(const CommandLine& line, Numbers& numbers, Mode mode) {
  PumpOptions pump;
  pump.connections = std::max<std::size_t>(1, numbers.whole("connections", "64"));
  pump.events = std::max<std::uint64_t>(1, numbers.whole("events", "5"));
  pump.events_per_sec = mode == Mode::rate ? std::max(1.0, numbers.real("rate", "10000")) : 0;
  pump.first = numbers.whole("first", "0");
  pump.total = numbers.whole("total", "0");
  pump.time = numbers.time("seconds", "5");
  pump.retry_wait = milliseconds(numbers.whole("retry-wait", "100"));
  pump.abandon = line.has("abandon");
  pump.timeout = seconds(numbers.whole("timeout", "60"));
  return pump;
}

AgentsOptions agents_options(const CommandLine& line, Numbers& numbers, Mode mode) {
  const double speed = std::max(1e-3, numbers.real("speed", "1"));
  AgentsOptions agents;
  agents.events = mode == Mode::catch_up && !line.has("events") ? 0 : numbers.whole("events", "5");
  agents.backlog = numbers.whole("backlog", mode == Mode::catch_up ? "2000" : "0");
  agents.most = std::max<std::uint64_t>(1, numbers.whole("most", "500"));
  agents.first = numbers.whole("first", "0");
  agents.period = std::max(nanoseconds(1000), numbers.time("period", "300", speed));
  agents.spread = mode == Mode::herd ? nanoseconds(0) : agents.period;
  if (line.has("spread")) agents.spread = numbers.time("spread", "0", speed);
  agents.time = numbers.time("seconds", "5");
  agents.patience = numbers.time("patience", "60");
  agents.keep_alive = mode == Mode::herd || line.has("keep-alive");
  agents.timeout = seconds(numbers.whole("timeout", "60"));
  const auto scaled = [speed](double ms) { return milliseconds(std::max<std::int64_t>(1, std::llround(ms / speed))); };
  agents.backoff_base = scaled(2000);
  agents.backoff_cap = scaled(300'000);
  return agents;
}

Error wrong(const std::string& what) { return program::usage_error(program_name, what); }

Result<std::vector<MachineName>> read_auth_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) return system_error("cannot read " + path, errno);
  std::vector<MachineName> names;
  MachineName machine;
  while (file >> machine.id >> machine.credential) names.push_back(machine);
  if (names.empty()) return wrong(path + " has no lines of MACHINE_ID CREDENTIAL");
  return names;
}

}  // namespace

Result<std::optional<Options>> read_options(const std::vector<std::string>& arguments) {
  const auto line = program::parse_command_line(program_name, arguments, table);
  if (!line) return line.error();
  if (line->has("help")) {
    program::print(help());
    return std::optional<Options>();
  }
  if (line->words.size() != 1) return wrong("exactly one mode is needed");
  Options options;
  options.mode_name = line->words[0];
  const auto mode = std::ranges::find_if(modes, [&](const auto& m) { return options.mode_name == m.first; });
  if (mode == modes.end()) return wrong("\"" + options.mode_name + "\" is no mode");
  options.mode = static_cast<Mode>(mode - modes.begin());
  options.server = line->get("server", options.server);
  const std::string shape = line->get("shape", "agent");
  if (shape != "agent" && shape != "peer") return wrong("--shape must be agent or peer");
  options.shape = shape == "agent" ? Shape::agent : Shape::twelve;
  options.prefix = line->get("prefix", options.prefix);
  options.auth_file = line->get("auth-file", "");
  options.record = line->get("record", "");
  options.json = line->has("json");
  Numbers numbers(*line);
  options.machines = std::max<std::size_t>(1, numbers.whole("machines", "2000"));
  options.pump = pump_options(*line, numbers, options.mode);
  options.agents = agents_options(*line, numbers, options.mode);
  if (!numbers.complaint().empty()) return wrong(numbers.complaint());
  return std::optional<Options>(std::move(options));
}

Result<std::vector<MachineName>> machine_names(const Options& options) {
  if (!options.auth_file.empty()) return read_auth_file(options.auth_file);
  std::vector<MachineName> names;
  for (std::size_t i = 0; i < options.machines; ++i) {
    const std::string number = std::to_string(i);
    const std::size_t zeros = number.size() < 5 ? 5 - number.size() : 0;
    names.push_back({options.prefix + '-' + std::string(zeros, '0') + number, ""});
  }
  return names;
}

}  // namespace activitytrack::load
