#include "replay.hpp"

#include <activitytrack/agent/sampler.hpp>

namespace activitytrack::agent_app {

namespace {

/// Virtual time: both clocks run along the trace's own.
class VirtualClock {
 public:
  explicit VirtualClock(Time start) : start_(start) {}
  ClockReading at(Ticks ticks) const { return {wall(ticks), ticks}; }
  ClockReading at(Time time) const { return {time, Ticks(time - start_)}; }
  Time wall(Ticks ticks) const { return start_ + ticks.time_since_epoch(); }

 private:
  Time start_;
};

Time interval_start(Time time, std::chrono::seconds interval) {
  auto since_epoch = time.time_since_epoch();
  return Time(since_epoch - since_epoch % interval);
}

}  // namespace

void replay(const Trace& trace, const ReplayOptions& options, const ReplaySink& sink) {
  if (trace.samples.empty()) return;
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

  VirtualClock clock(options.start);
  auto first = interval_start(clock.wall(trace.samples.front().at), options.interval);
  auto end = interval_start(clock.wall(trace.samples.back().at), options.interval) + options.interval;
  sampler.start(clock.at(std::max(first, options.start)));
  for (const auto& sample : trace.samples) {
    // An interval at a time, so that a gap of days is no more work than its intervals, and can be left early.
    while (wanted && clock.wall(sample.at) >= sampler.next_boundary())
      sampler.advance(clock.at(sampler.next_boundary()));
    if (!wanted) return;
    sampler.input(sample);
  }
  sampler.advance(clock.at(end));
}

std::string trace_stem(const std::filesystem::path& path) {
  auto name = path.filename();
  if (name.extension() == ".gz") name = name.stem();
  if (name.extension() == ".csv") name = name.stem();
  return name.string();
}

}  // namespace activitytrack::agent_app
