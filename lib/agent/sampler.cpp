#include <activitytrack/agent/sampler.hpp>

#include "agent/tally.hpp"
#include "core/json_writer.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>
#include <vector>

namespace activitytrack {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A greater change of `wall - ticks` between two readings is a step of the clock or a suspend; a smaller
/// one is the clock being slewed, and is spread over the interval.
constexpr seconds step_tolerance{1};

Time next_multiple(Time after, seconds interval) {
  const auto count = after.time_since_epoch() / interval;
  return Time((count + 1) * interval);
}

}  // namespace

struct Sampler::State {
  Sampler::Options options;
  Classifier& classifier;
  SystemStats& system;
  TimeZoneSource& zone;
  EventSink sink;

  bool observing = false;
  ClockReading last{};       ///< at the last advance
  Time begun{}, boundary{};  ///< of the present interval
  Ticks cursor{};            ///< how far it is folded
  Tally tally;
  std::vector<InputSample> inputs;   ///< not yet folded
  std::vector<FocusSample> focuses;  ///< likewise

  Time latest = Time::min();  ///< greatest timestamp given to an event
  microseconds nudge{0};      ///< see unique_timestamp
  microseconds below_ms{0};   ///< what `begun` leaves out of the reading that it is from
  std::optional<Gap> gap;     ///< before the next event

  State(Sampler::Options o, Classifier& c, SystemStats& s, TimeZoneSource& z, EventSink e)
      : options(std::move(o)), classifier(c), system(s), zone(z), sink(std::move(e)) {}

  void begin(ClockReading now) {
    observing = true;
    last = now;
    begun = std::chrono::floor<milliseconds>(now.wall);
    boundary = next_multiple(now.wall, options.interval);
    cursor = now.ticks;
    below_ms = now.wall - begun;
    if (begun <= latest) nudge = std::max(now.wall - std::chrono::floor<seconds>(now.wall), microseconds(1));
  }

  /// What broke off first names the whole time without an event.
  void note_gap(std::optional<Gap> why) {
    if (!gap) gap = why;
  }

  /// After the clock was set back, intervals begin at times that events already have. In that stretch they
  /// get a fraction of a second, the one at which the step was seen: another run through it has another.
  /// A start in the same millisecond as the one before (a pause that was taken back) keeps its
  /// microseconds.
  Time unique_timestamp() const {
    if (begun > latest) return begun;
    const bool whole_second = begun == std::chrono::floor<seconds>(begun);
    return begun + (whole_second ? nudge : std::max(below_ms, microseconds(1)));
  }

  void pass_to(Ticks at) {
    if (at <= cursor) return;
    tally.pass(cursor, at);
    cursor = at;
  }

  void apply(const InputSample& sample) {
    pass_to(sample.at);
    tally.add(sample, classifier.add(sample), cursor, sample.at + options.idle_after);
  }

  void apply(const FocusSample& sample) {
    pass_to(sample.at);
    tally.set_focus(sample.app, options.window_titles ? std::string_view(sample.title) : std::string_view());
  }

  Event make_event(Time end, const Classifier::Judgement& judgement) const {
    Event event;
    event.machine_id = options.machine_id;
    event.timestamp = unique_timestamp();
    event.gap_before = gap;
    event.interval_sec = rounded(std::chrono::duration<double>(end - begun).count(), 3);
    tally.write(event, judgement);
    if (options.input_measures && event.input_verdict != Verdict::none) {
      for (const Classifier::Feature& each : judgement.features) event.input_measures.add(each.name, each.value);
    }
    event.timezone = zone.name();
    event.utc_offset_min = zone.utc_offset_min(begun);
    return event;
  }

  void add_system_stats(Event& event) {
    const SystemStats::Reading reading = system.read();
    event.cpu_percent = reading.cpu_percent;
    event.ram_used_percent = reading.ram_used_percent;
    event.disk_used_percent = reading.disk_used_percent;
    event.disk_read_bytes = reading.disk_read_bytes;
    event.disk_write_bytes = reading.disk_write_bytes;
  }

  void close(Ticks at, Time end) {
    pass_to(at);
    const Classifier::Judgement judgement = classifier.judge(at);
    if (end > begun || !tally.empty()) {
      Event event = make_event(std::max(end, begun), judgement);
      if (options.system_stats) add_system_stats(event);
      latest = std::max(latest, event.timestamp);
      gap.reset();
      sink(std::move(event));
    }
    tally.next_interval(judgement);
    begun = end;
    boundary = next_multiple(end, options.interval);
  }

  /// Closes the intervals that end at or before `at`, on the line through `now`.
  void close_up_to(Ticks at, ClockReading now) {
    for (Ticks end; (end = now.ticks - (now.wall - boundary)) <= at;) close(end, boundary);
  }

  /// Folds all that was fed in, in order of time, and closes what has ended by `now`.
  void fold(ClockReading now) {
    const auto earlier = [](const auto& a, const auto& b) { return a.at < b.at; };
    std::ranges::stable_sort(inputs, earlier);
    std::ranges::stable_sort(focuses, earlier);
    auto focus = focuses.begin();
    const auto apply_focus_up_to = [&](Ticks at) {
      for (; focus != focuses.end() && focus->at <= at; ++focus) {
        close_up_to(focus->at, now);
        apply(*focus);
      }
    };
    for (const InputSample& sample : inputs) {
      apply_focus_up_to(sample.at);
      close_up_to(sample.at, now);
      apply(sample);
    }
    apply_focus_up_to(Ticks::max());
    inputs.clear();
    focuses.clear();
    close_up_to(now.ticks, now);
    pass_to(now.ticks);
  }
};

Sampler::Sampler(Sampler::Options options, Classifier& classifier, SystemStats& system, TimeZoneSource& zone,
                 EventSink sink)
    : state_(std::make_unique<State>(std::move(options), classifier, system, zone, std::move(sink))) {}

Sampler::~Sampler() = default;

void Sampler::start(ClockReading now, Time not_before, std::optional<seconds> first, std::optional<Gap> gap) {
  State& s = *state_;
  s.latest = std::max(s.latest, not_before);
  s.note_gap(gap);
  s.tally.end_activity();
  s.system.read();  // what came before is not of this interval
  s.begin(now);
  if (first) s.boundary = std::min(s.boundary, s.begun + *first);
}

void Sampler::input(const InputSample& sample) {
  if (state_->observing) state_->inputs.push_back(sample);
}

void Sampler::focus(const FocusSample& sample) {
  if (state_->observing) {
    state_->focuses.push_back(sample);
  } else {
    state_->apply(sample);  // so that the focus is right when observing begins
  }
}

bool Sampler::advance(ClockReading now) {
  State& s = *state_;
  if (!s.observing) return false;
  const microseconds ran = now.ticks - s.last.ticks;
  const microseconds jump = (now.wall - s.last.wall) - ran;
  if (std::chrono::abs(jump) <= step_tolerance) {
    s.fold(now);
    s.last = now;
    return false;
  }
  const ClockReading unbroken{s.last.wall + ran, now.ticks};  // where the old time would stand now
  s.fold(unbroken);
  s.close(unbroken.ticks, unbroken.wall);
  if (jump > step_tolerance) s.tally.end_activity();  // asleep, and so not active
  s.note_gap(now.slept - s.last.slept > step_tolerance ? Gap::asleep : Gap::clock);
  s.begin(now);
  return true;
}

void Sampler::stop(ClockReading now) {
  State& s = *state_;
  if (!s.observing) return;
  advance(now);
  s.close(now.ticks, now.wall);
  s.observing = false;
}

bool Sampler::observing() const noexcept { return state_->observing; }

bool Sampler::active(Ticks at) const {
  const State& s = *state_;
  if (!s.observing || at >= s.tally.active_until({})) return false;
  return at < s.tally.active_until(s.classifier.preview());
}

Time Sampler::next_boundary() const noexcept { return state_->boundary; }

Event Sampler::preview(ClockReading now) const {
  const State& s = *state_;
  return s.make_event(s.observing ? std::max(now.wall, s.begun) : s.begun, s.classifier.preview());
}

void Sampler::configure(Sampler::Options options, ClockReading now) {
  State& s = *state_;
  const bool new_rhythm = options.interval != s.options.interval || options.machine_id != s.options.machine_id;
  if (!s.observing || !new_rhythm) {
    advance(now);
    s.options = std::move(options);
    return;
  }
  stop(now);
  s.options = std::move(options);
  s.begin(now);
}

}  // namespace activitytrack
