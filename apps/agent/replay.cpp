#include "replay.hpp"

#include "commands.hpp"
#include "config/settings_table.hpp"
#include "core/event_batch.hpp"

#include <activitytrack/agent/sampler.hpp>
#include <activitytrack/core/clock.hpp>

namespace activitytrack::agent_app {
namespace {

Time interval_start(Time time, std::chrono::seconds interval) {
  auto since_epoch = time.time_since_epoch();
  return Time(since_epoch - since_epoch % interval);
}

/// The error for the value of an option that is no setting.
Error wrong_value(const Options& options, const std::string& name, const Error& error) {
  const auto origin = options.line.has(name) ? "option --" + name : "environment variable " + environment_name(name);
  return {ErrorCode::invalid_input, origin + ": " + error.message};
}

Result<std::chrono::seconds> parse_interval(const Options& options) {
  std::int64_t seconds = 0;
  const auto assigned = assign_setting({{options.line.get("interval", "60")}, ""}, {1, 3600, "s"}, seconds);
  if (!assigned) return wrong_value(options, "interval", assigned.error());
  return std::chrono::seconds(seconds);
}

/// The same everywhere: options and environment count, the machine's configuration file does not.
Result<ReplayOptions> replay_options(const Options& options) {
  auto settings = load_settings("", options.settings);
  if (!settings) return settings.error();
  auto interval = parse_interval(options);
  if (!interval) return interval.error();
  auto start = parse_timestamp(options.line.get("start", "2024-01-15T00:00:00Z"));
  if (!start) return wrong_value(options, "start", start.error());
  return ReplayOptions{.machine_id = settings->machine_id,
                       .interval = *interval,
                       .idle_after = std::chrono::seconds(settings->idle_after_sec),
                       .start = *start,
                       .judge_behaviour = settings->judge_behaviour,
                       .input_measures = settings->input_measures};
}

}  // namespace

void replay(const std::vector<InputSample>& trace, const ReplayOptions& options, const ReplaySink& sink) {
  if (trace.empty()) return;
  auto classifier = options.judge_behaviour ? make_behaviour_classifier() : make_device_classifier();
  auto system = make_no_system_stats();
  auto zone = make_fixed_time_zone("UTC").value();
  bool wanted = true;
  Sampler sampler({.machine_id = options.machine_id,
                   .interval = options.interval,
                   .idle_after = options.idle_after,
                   .system_stats = false,
                   .input_measures = options.input_measures},
                  *classifier, *system, *zone, [&](const Event& event) { wanted = wanted && sink(event); });

  // Virtual time: both clocks run along the trace's own.
  const auto wall = [&](Ticks ticks) { return options.start + ticks.time_since_epoch(); };
  const auto at = [&](Time time) { return ClockReading{time, Ticks(time - options.start)}; };
  auto first = interval_start(wall(trace.front().at), options.interval);
  auto end = interval_start(wall(trace.back().at), options.interval) + options.interval;
  sampler.start(at(std::max(first, options.start)));
  for (const auto& sample : trace) {
    // An interval at a time, so that a gap of days is no more work than its intervals, and can be left early.
    while (wanted && wall(sample.at) >= sampler.next_boundary()) sampler.advance(at(sampler.next_boundary()));
    if (!wanted) return;
    sampler.input(sample);
  }
  sampler.advance(at(end));
}

std::string trace_stem(const std::filesystem::path& path) {
  auto name = path.filename();
  for (const char* extension : {".gz", ".csv"})
    if (name.extension() == extension) name = name.stem();
  return name.string();
}

int replay_traces(const Options& options) {
  auto plan = replay_options(options);
  if (!plan) return complain(plan.error(), exit_usage);
  bool several = options.arguments.size() > 1;
  bool unreadable = false;
  std::ostream& out = program::standard_output();
  std::string line;
  for (const auto& path : options.arguments) {
    auto trace = read_trace(path);
    if (!trace) {  // the others are worth having all the same
      out.flush();
      complain(trace.error());
      unreadable = true;
      continue;
    }
    auto each = *plan;
    if (several || each.machine_id.empty()) each.machine_id = trace_stem(path);
    replay(*trace, each, [&](const Event& event) {
      line.clear();
      append_event_json(line, event);
      return bool(out << line << '\n');
    });
    if (!out.flush()) break;
  }
  return unreadable ? exit_failed : exit_done;
}

}  // namespace activitytrack::agent_app
